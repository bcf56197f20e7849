import type { Device, DeviceState } from '../device.ts';
import { bankRegisters } from '../gic/bank-registers.ts';
import { identificationRegisters, IIDR } from '../gic/identification.ts';
import { RegisterFrame } from '../gic/register-frame.ts';
import { merge, RegisterMap, type Register } from '../gic/register-map.ts';
import { sendSgi, setSources } from './software-interrupts.ts';
import type { GicV2State } from './state.ts';

export const DISTRIBUTOR_SIZE = 0x1000;

/** GICD_CTLR: EnableGrp0 and EnableGrp1. */
const CTLR_ENABLES = 0b11;

/**
 * The registers of SGIs and PPIs (the first words of most rows) are banked: the accessing core decides which one it is (IHI 0048,
 * "Register banking").
 */
const registers: Register<GicV2State>[] = [
  {
    name: 'GICD_CTLR',
    offset: 0x000,
    read: (gic) => gic.interrupts.enabledGroups,
    write: (gic, value, mask) => {
      gic.interrupts.enabledGroups = merge(gic.interrupts.enabledGroups, value, mask) & CTLR_ENABLES;
      gic.interrupts.changedAll();
    },
  },
  { name: 'GICD_TYPER', offset: 0x004, read: (gic) => ((gic.cores.length - 1) << 5) | gic.shared.length },
  { name: 'GICD_IIDR', offset: 0x008, read: () => IIDR },
  ...bankRegisters<GicV2State>('GICD', 32, {
    bank: (gic, word) => (word === 0 ? gic.accessing.bank : gic.shared[word - 1]),
    changed: (gic, bank) => gic.interrupts.changed(bank),
  }),
  { name: 'GICD_ITARGETSR', offset: 0x800, count: 256, read: getTargets, write: setTargets },
  { name: 'GICD_SGIR', offset: 0xf00, write: (gic, value) => sendSgi(gic, value) },
  pendingSgis('GICD_CPENDSGIR', 0xf10, (sources, ones) => sources & ~ones),
  pendingSgis('GICD_SPENDSGIR', 0xf20, (sources, ones) => sources | ones),
  identificationRegisters<GicV2State>('GICD', 0xfd0, { part: 0x90, revision: 2, pidr4: 0x04 }),
];

/**
 * The targets of four interrupts. Those of SGIs and PPIs name the reading core: so software finds its own bit (IHI 0048
 * GICD_ITARGETSRn).
 */
function getTargets(gic: GicV2State, index: number): number {
  if (gic.isUniprocessor) return 0;
  if (index < 8) return (1 << gic.accessing.index) * 0x0101_0101;
  let word = 0;
  for (let lane = 0; lane < 4; lane++) word |= (gic.targets[(index - 8) * 4 + lane] ?? 0) << (lane * 8);
  return word;
}

function setTargets(gic: GicV2State, value: number, mask: number, index: number): void {
  if (gic.isUniprocessor || index < 8) return;
  for (let lane = 0; lane < 4; lane++) {
    const spi = (index - 8) * 4 + lane;
    if ((mask >>> (lane * 8)) & 1 && spi < gic.targets.length) gic.setTargets(spi, (value >>> (lane * 8)) & 0xff);
  }
}

/** The sources from which four SGIs are pending at the accessing core (IHI 0048 GICD_CPENDSGIRn). */
function pendingSgis(name: string, offset: number, change: (sources: number, ones: number) => number): Register<GicV2State> {
  return {
    name,
    offset,
    count: 4,
    read: (gic, index) => {
      let word = 0;
      for (let lane = 0; lane < 4; lane++) word |= (gic.accessing.sources[index * 4 + lane] as number) << (lane * 8);
      return word;
    },
    write: (gic, value, _mask, index) => {
      const core = gic.accessing;
      for (let lane = 0; lane < 4; lane++) {
        const sgi = index * 4 + lane;
        setSources(gic, core, sgi, change(core.sources[sgi] as number, (value >>> (lane * 8)) & 0xff));
      }
    },
  };
}

const map = new RegisterMap<GicV2State>(DISTRIBUTOR_SIZE, registers);

export class Distributor extends RegisterFrame<GicV2State> implements Device {
  readonly kind = 'gicv2';

  constructor(gic: GicV2State) {
    super(gic, map);
  }

  reset(): void {
    const { gic } = this;
    gic.interrupts.enabledGroups = 0;
    gic.targets.fill(0);
    for (const bank of gic.shared) bank.reset();
    for (const { bank, sources } of gic.cores) {
      bank.reset();
      sources.fill(0);
    }
    gic.apply();
  }

  save(): DeviceState {
    const { gic } = this;
    return {
      ctlr: gic.interrupts.enabledGroups,
      shared: gic.shared.map((bank) => bank.save()),
      cores: gic.cores.map(({ bank, sources }) => ({ bank: bank.save(), sources: sources.slice() })),
      targets: gic.targets.slice(),
    };
  }

  restore(state: DeviceState): void {
    const { gic } = this;
    gic.interrupts.enabledGroups = state['ctlr'] as number;
    for (const [at, bank] of gic.shared.entries()) bank.restore((state['shared'] as DeviceState[])[at] as DeviceState);
    for (const [at, { bank, sources }] of gic.cores.entries()) {
      const saved = (state['cores'] as DeviceState[])[at] as DeviceState;
      bank.restore(saved['bank'] as DeviceState);
      sources.set(saved['sources'] as Uint8Array);
    }
    gic.targets.set(state['targets'] as Uint8Array);
    gic.apply();
  }
}
