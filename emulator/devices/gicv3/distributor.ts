import type { Device, DeviceState } from '../device.ts';
import { bankRegisters } from '../gic/bank-registers.ts';
import { identificationRegisters, IIDR } from '../gic/identification.ts';
import { RegisterFrame } from '../gic/register-frame.ts';
import { merge, RegisterMap, type Register } from '../gic/register-map.ts';
import { INTID_BITS } from './lpis.ts';
import type { GicV3State } from './state.ts';

export const DISTRIBUTOR_SIZE = 0x1_0000;

/** GICD_CTLR with one Security state: EnableGrp0 and EnableGrp1 are writable, ARE and DS are one (IHI 0069 GICD_CTLR). */
const CTLR_ENABLES = 0b11;
const CTLR_ARE = 1 << 4;
const CTLR_DS = 1 << 6;

/**
 * GICD_TYPER: affinity level 3 may be other than 0, INTIDs have 16 bits, and LPIs are all that lie behind 8191 (num_LPIs is 0); MSIs by
 * SETSPI and a second Security state are not there.
 */
const TYPER_A3V = 1 << 24;
const TYPER_IDBITS = (INTID_BITS - 1) << 19;
const TYPER_LPIS = 1 << 17;

/**
 * The distributor's registers (IHI 0069, "Distributor register map"). Affinity routing is always on, so the registers of INTIDs 0
 * to 31 are a redistributor's and read as zero here, and GICD_ITARGETSR, SGIR, CPENDSGIR and SPENDSGIR do not exist. With one
 * Security state there are no GICD_IGRPMODR and NSACR either. Writes have taken effect when they return: RWP is never set.
 */
const registers: Register<GicV3State>[] = [
  {
    name: 'GICD_CTLR',
    offset: 0x0000,
    read: (gic) => CTLR_DS | CTLR_ARE | gic.interrupts.enabledGroups,
    write: (gic, value, mask) => {
      gic.interrupts.enabledGroups = merge(gic.interrupts.enabledGroups, value, mask) & CTLR_ENABLES;
      gic.interrupts.changedAll();
    },
  },
  {
    name: 'GICD_TYPER',
    offset: 0x0004,
    read: ({ shared, cores }) => TYPER_A3V | TYPER_IDBITS | (cores[0]?.lpis ? TYPER_LPIS : 0) | shared.length,
  },
  { name: 'GICD_IIDR', offset: 0x0008, read: () => IIDR },
  ...bankRegisters<GicV3State>('GICD', 32, {
    bank: (gic, word) => gic.shared[word - 1],
    changed: (gic, bank) => gic.interrupts.changed(bank),
  }),
  {
    name: 'GICD_IROUTER',
    offset: 0x6100,
    count: 988 * 2,
    read: (gic, index) => gic.routes.words[index] ?? 0,
    write: (gic, value, mask, index) => gic.routes.write(index, value, mask),
  },
  identificationRegisters<GicV3State>('GICD', 0xffd0, { part: 0x92, revision: 3, pidr4: 0x44 }),
];

const map = new RegisterMap<GicV3State>(DISTRIBUTOR_SIZE, registers);

export class Distributor extends RegisterFrame<GicV3State> implements Device {
  readonly kind = 'gicv3';

  constructor(gic: GicV3State) {
    super(gic, map);
  }

  reset(): void {
    const { gic } = this;
    gic.interrupts.enabledGroups = 0;
    for (const bank of gic.shared) bank.reset();
    gic.routes.words.fill(0);
    this.apply();
  }

  save(): DeviceState {
    const { gic } = this;
    return {
      ctlr: gic.interrupts.enabledGroups,
      banks: gic.shared.map((bank) => bank.save()),
      irouter: [...gic.routes.words],
    };
  }

  restore(state: DeviceState): void {
    const { gic } = this;
    gic.interrupts.enabledGroups = state['ctlr'] as number;
    for (const [at, bank] of gic.shared.entries()) bank.restore((state['banks'] as DeviceState[])[at] as DeviceState);
    gic.routes.words.set(state['irouter'] as number[]);
    this.apply();
  }

  private apply(): void {
    this.gic.routes.applyAll();
    this.gic.interrupts.changedAll();
  }
}
