/** GICv3: the same accesses by several cores read the same on QEMU and on ours, outputs (ISR_EL1) included. */
import { describe, expect, test } from 'vitest';
import { createGicV3 } from '../../../../emulator/devices/gicv3/gicv3.ts';
import { full, needs } from '../../../support/packages.ts';
import type { Access } from './probe.ts';
import { accessMemory, createOutputs, GICD, Script, spis, type Model } from './script.ts';

const GICR = 0x080a_0000;
const cores = 3;
const sgiBase = (core: number) => GICR + core * 0x2_0000 + 0x1_0000;

const CTLR = 0x000;
const IGROUPR = 0x080;
const ISENABLER = 0x100;
const ICENABLER = 0x180;
const ISPENDR = 0x200;
const ICPENDR = 0x280;
const ISACTIVER = 0x300;
const ICACTIVER = 0x380;
const IPRIORITYR = 0x400;
const ICFGR = 0xc00;
const IROUTER = 0x6000;
const writable = [
  IGROUPR,
  IGROUPR,
  ISENABLER,
  ISENABLER,
  ICENABLER,
  ISPENDR,
  ISPENDR,
  ISPENDR,
  ICPENDR,
  ISACTIVER,
  ICACTIVER,
  ICACTIVER,
];
const readable = [IGROUPR, ISENABLER, ISPENDR, ISPENDR, ISACTIVER];

function createModel(): Model {
  const { isr, output } = createOutputs(cores);
  const gic = createGicV3({ cores, spis: 256, affinity: (core) => core, currentCore: () => 0, output });
  return {
    spi: (n) => gic.spi(n),
    ppi: (core, n) => gic.ppi(core, n),
    access: (access: Access) => {
      const { kind, at, core } = access;
      if (kind === 'mrs') return at === 'ISR_EL1' ? isr(core) : gic.readRegister(core, at);
      if (kind === 'msr') {
        gic.writeRegister(core, at, access.value);
        return 0n;
      }
      const [device, offset] = at < GICR ? [gic.distributor, at - GICD] : [gic.redistributors, at - GICR];
      return accessMemory(device, offset, access);
    },
  };
}

/**
 * Priorities stay below 0xff, which QEMU takes for nothing pending. Inputs are configured only at the start, because QEMU does not look
 * again at a line that is high when it becomes edge-triggered.
 */
function step(script: Script): void {
  const { random } = script;
  const core = random.below(cores);
  const other = random.below(cores);
  const word = 4 * (1 + random.below(2));
  const active = script.active[core]!;
  const acknowledge = (group: 0 | 1) => script.acknowledged(core, script.mrs(core, group ? 'ICC_IAR1_EL1' : 'ICC_IAR0_EL1'));
  const end = (): void => {
    const intid = active.pop() ?? random.pick([...spis, 27, 30, 1, 2]);
    script.msr(core, random.pick(['ICC_EOIR0_EL1', 'ICC_EOIR1_EL1']), intid);
    script.msr(core, random.pick(['ICC_EOIR0_EL1', 'ICC_EOIR1_EL1']), intid);
    if (random.chance(2)) script.msr(core, 'ICC_DIR_EL1', intid);
  };
  const cpuInterface = [
    () => script.msr(core, 'ICC_BPR0_EL1', random.pick([0, 0, 0, 3, 4, 5, 6, 7])),
    () => script.msr(core, 'ICC_BPR1_EL1', random.pick([0, 0, 0, 3, 4, 5, 6, 7])),
    () => script.msr(core, 'ICC_PMR_EL1', random.chance(2) ? 0xf8 : random.below(32) * 8),
    () => script.msr(core, 'ICC_CTLR_EL1', random.below(4)),
    () => script.msr(core, 'ICC_AP0R0_EL1', random.chance(4) ? (1 << random.below(31)) >>> 0 : 0),
    () => script.msr(core, 'ICC_AP1R0_EL1', random.chance(4) ? (1 << random.below(31)) >>> 0 : 0),
  ];
  random.pick([
    () => script.write(core, GICD + random.pick(writable) + word, script.bits()),
    () => script.write(core, sgiBase(other) + random.pick(writable), script.bits()),
    () => script.write(core, GICD + ICACTIVER + word, -1),
    () => script.writeByte(core, GICD + IPRIORITYR + random.pick(spis), random.below(0xf8)),
    () => script.writeByte(core, sgiBase(other) + IPRIORITYR + random.below(32), random.below(0xf8)),
    () => script.write(core, GICD + IROUTER + 8 * random.pick(spis), random.below(cores + 1)),
    () => script.write(core, GICD + ICFGR + 2 * 8, script.bits()),
    () => script.write(core, GICD + CTLR, random.pick([3, 3, 3, 3, 2, 1, 0])),
    () => script.msr(core, random.pick(['ICC_SGI1R_EL1', 'ICC_SGI0R_EL1', 'ICC_ASGI1R_EL1']), sgi(script)),
    () => script.driveInput(core),
    () => script.driveInput(core),
    () => acknowledge(random.pick([0, 1])),
    () => acknowledge(random.pick([0, 1])),
    () => acknowledge(1),
    end,
    end,
    random.pick(cpuInterface),
  ])();
  for (let n = 0; n < cores; n++) script.mrs(n, 'ISR_EL1');
  script.mrs(
    other,
    random.pick(['ICC_HPPIR0_EL1', 'ICC_HPPIR1_EL1', 'ICC_RPR_EL1', 'ICC_BPR1_EL1', 'ICC_AP0R0_EL1', 'ICC_AP1R0_EL1']),
  );
  script.read(core, GICD + random.pick(readable) + word);
  script.read(core, sgiBase(other) + random.pick([...readable, ICFGR + 4]));
}

/** To a list of cores in cluster 0, or to all others. */
function sgi({ random }: Script): bigint {
  return (BigInt(random.below(16)) << 24n) | (random.chance(4) ? 1n << 40n : random.bits(cores));
}

describe.skipIf(needs('qemu-system-arm', 'clang', 'lld'))('GICv3', () => {
  test.each(Array.from({ length: full ? 30 : 3 }, (_, seed) => seed))('is like QEMU in random use, seed %i', (seed) => {
    const script = new Script(3, cores, seed, createModel());
    for (let core = 0; core < cores; core++) {
      script.msr(core, 'ICC_PMR_EL1', 0xf8);
      // Both always: QEMU lets a pending interrupt of a disabled group hide those of the other (hence no excuse is needed).
      script.msr(core, 'ICC_IGRPEN0_EL1', 1);
      script.msr(core, 'ICC_IGRPEN1_EL1', 1);
      script.write(core, sgiBase(core) + ICFGR + 4, script.bits());
    }
    script.write(0, GICD + ICFGR + 8, script.bits());
    script.write(0, GICD + CTLR, 3);
    for (let n = 0; n < 1000; n++) step(script);
    expect(script.differences()).toEqual([]);
  });
});
