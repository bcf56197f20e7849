import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGicV3 } from './gicv3.ts';

const CTLR = 0x0000;
const IGROUPR = 0x0080;
const ISENABLER = 0x0100;
const ICENABLER = 0x0180;
const ISPENDR = 0x0200;
const ICPENDR = 0x0280;
const ISACTIVER = 0x0300;
const IPRIORITYR = 0x0400;
const ICFGR = 0x0c00;
const IROUTER = 0x6000;
const SPURIOUS = 1023n;

/** A GIC and the levels of its outputs, `0irq` for the IRQ of core 0; with `listed` for a hypervisor. */
function create(cores = 2, spis = 256, listed?: (core: number) => void) {
  const levels: Record<string, boolean> = {};
  const gic = createGicV3({
    cores,
    spis,
    affinity: (core) => core,
    currentCore: () => 0,
    output: (core, input) => ({ set: (level) => (levels[`${core}${input}`] = level) }),
    listed,
  });
  const sgiBase = (core: number) => core * 0x2_0000 + 0x1_0000;
  return {
    gic,
    levels,
    read: (offset: number) => gic.distributor.read(offset, 4),
    write: (offset: number, value: number) => gic.distributor.write(offset, 4, value),
    readPrivate: (core: number, offset: number) => gic.redistributors.read(sgiBase(core) + offset, 4),
    writePrivate: (core: number, offset: number, value: number) => gic.redistributors.write(sgiBase(core) + offset, 4, value),
    mrs: (name: string, core = 0) => gic.readRegister(core, name),
    msr: (name: string, value: bigint, core = 0) => gic.writeRegister(core, name, value),
  };
}

/** As a kernel leaves it: everything enabled, in Group 1, of priority 0xa0, and routed to core 0. */
function started(cores = 2, listed?: (core: number) => void) {
  const machine = create(cores, 256, listed);
  const { gic, write, writePrivate, msr } = machine;
  write(CTLR, 3);
  for (let word = 1; word <= 8; word++) {
    write(IGROUPR + word * 4, -1);
    write(ISENABLER + word * 4, -1);
  }
  for (let at = 32; at < 288; at += 4) write(IPRIORITYR + at, 0xa0a0_a0a0);
  for (let core = 0; core < cores; core++) {
    gic.redistributors.write(core * 0x2_0000 + 0x14, 4, 0);
    writePrivate(core, IGROUPR, -1);
    writePrivate(core, ISENABLER, -1);
    for (let at = 0; at < 32; at += 4) writePrivate(core, IPRIORITYR + at, 0xa0a0_a0a0);
    msr('ICC_PMR_EL1', 0xf0n, core);
    msr('ICC_IGRPEN0_EL1', 1n, core);
    msr('ICC_IGRPEN1_EL1', 1n, core);
  }
  return machine;
}

test('says what QEMU says', () => {
  // qemu-system-aarch64 7.2 -M virt,gic-version=3 -cpu cortex-a57 -smp 2, read by a bare-metal guest at EL1 before anything else.
  const { read, readPrivate, gic, mrs, msr } = create();
  expect(read(0x0000)).toBe(0x50);
  // QEMU: 0x037a0007. Ours has no LPIs (bit 17), has 1-of-N (bit 25), and counts the last 32 SPIs, which that version forgets.
  expect(read(0x0004)).toBe(0x0178_0008);
  expect(read(0x0008)).toBe(0x43b);
  const peripheral = [0x44, 0, 0, 0, 0x92, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1];
  expect(peripheral.map((_, at) => read(0xffd0 + at * 4))).toEqual(peripheral);
  // QEMU has LPIs (bit 0) and with them a common affinity (bit 24).
  expect(gic.redistributors.read(0x00008, 4)).toBe(0x000);
  expect(gic.redistributors.read(0x20008, 4)).toBe(0x110);
  expect(gic.redistributors.read(0x2000c, 4)).toBe(1);
  expect(gic.redistributors.read(0x00014, 4)).toBe(6);
  expect(gic.redistributors.read(0x0ffe0, 4)).toBe(0x93);
  expect(gic.redistributors.read(0x0ffe8, 4)).toBe(0x3b);
  expect(readPrivate(0, ICFGR)).toBe(0xaaaa_aaaa);
  expect(readPrivate(0, ICFGR + 4)).toBe(0);
  const reset: [string, bigint][] = [
    ['ICC_HPPIR0_EL1', 0x3ffn],
    ['ICC_HPPIR1_EL1', 0x3ffn],
    ['ICC_BPR0_EL1', 2n],
    ['ICC_BPR1_EL1', 3n],
    ['ICC_AP0R0_EL1', 0n],
    ['ICC_AP1R0_EL1', 0n],
    ['ICC_RPR_EL1', 0xffn],
    ['ICC_CTLR_EL1', 0x8c00n],
    ['ICC_SRE_EL1', 7n],
    ['ICC_IGRPEN0_EL1', 0n],
    ['ICC_IGRPEN1_EL1', 0n],
    ['ICC_PMR_EL1', 0n],
  ];
  expect(reset.map(([name]) => [name, mrs(name)])).toEqual(reset);
  const writable: [string, bigint][] = [
    ['ICC_PMR_EL1', 0xf8n],
    ['ICC_BPR0_EL1', 7n],
    ['ICC_BPR1_EL1', 7n],
    ['ICC_CTLR_EL1', 0x8c03n],
    ['ICC_SRE_EL1', 7n],
    ['ICC_IGRPEN0_EL1', 1n],
    ['ICC_IGRPEN1_EL1', 1n],
    ['ICC_AP0R0_EL1', 0xffff_ffffn],
    ['ICC_AP1R0_EL1', 0xffff_ffffn],
    ['ICC_RPR_EL1', 0n],
  ];
  for (const [name] of writable) msr(name, 0xffff_ffff_ffff_ffffn);
  expect(writable.map(([name]) => [name, mrs(name)])).toEqual(writable);
});

test('a level-sensitive interrupt is pending while its line is high, and again after its end', () => {
  const { gic, levels, read, mrs, msr } = started();
  gic.spi(1).set(true);
  expect(levels['0irq']).toBe(true);
  expect(read(ISPENDR + 4)).toBe(1 << 1);
  expect(mrs('ICC_HPPIR1_EL1')).toBe(33n);
  expect(mrs('ICC_IAR1_EL1')).toBe(33n);
  expect(levels['0irq']).toBe(false);
  // Active and pending.
  expect([read(ISPENDR + 4), read(ISACTIVER + 4)]).toEqual([1 << 1, 1 << 1]);
  expect(mrs('ICC_RPR_EL1')).toBe(0xa0n);
  expect(mrs('ICC_IAR1_EL1')).toBe(SPURIOUS);
  msr('ICC_EOIR1_EL1', 33n);
  expect(levels['0irq']).toBe(true);
  expect(mrs('ICC_RPR_EL1')).toBe(0xffn);
  gic.spi(1).set(false);
  expect(levels['0irq']).toBe(false);
  expect(mrs('ICC_IAR1_EL1')).toBe(SPURIOUS);
});

test('what a write made pending stays so although the line is low, and what the line makes pending no write clears', () => {
  const { gic, levels, read, write, mrs, msr } = started();
  write(ISPENDR + 4, 1);
  expect(levels['0irq']).toBe(true);
  write(ICPENDR + 4, 1);
  expect(levels['0irq']).toBe(false);
  write(ISPENDR + 4, 1);
  expect(mrs('ICC_IAR1_EL1')).toBe(32n);
  expect(read(ISPENDR + 4)).toBe(0);
  msr('ICC_EOIR1_EL1', 32n);
  gic.spi(0).set(true);
  write(ICPENDR + 4, 1);
  expect(read(ISPENDR + 4)).toBe(1);
});

test('an edge-triggered interrupt keeps an edge until it is acknowledged, and notices another one while active', () => {
  const { gic, levels, read, write, mrs, msr } = started();
  write(ICFGR + 8, 2);
  const line = gic.spi(0);
  line.set(true);
  line.set(false);
  expect(mrs('ICC_IAR1_EL1')).toBe(32n);
  line.set(true);
  expect([read(ISPENDR + 4), levels['0irq']]).toEqual([1, false]);
  msr('ICC_EOIR1_EL1', 32n);
  expect(mrs('ICC_IAR1_EL1')).toBe(32n);
  msr('ICC_EOIR1_EL1', 32n);
  // The line is still high, but that is no edge.
  expect(mrs('ICC_IAR1_EL1')).toBe(SPURIOUS);
});

test('a more urgent interrupt preempts if its group priority is higher', () => {
  const { levels, write, mrs, msr, gic } = started();
  write(IPRIORITYR + 32, 0xa098_8040 | 0);
  // Priorities 0x98 and 0xa0 share the group priority 0x80 with a binary point of 6.
  for (const [bpr, running, preempts] of [
    [6n, 0x80n, false],
    [3n, 0xa0n, true],
  ] as const) {
    msr('ICC_BPR1_EL1', bpr);
    gic.spi(3).set(true);
    expect(mrs('ICC_IAR1_EL1')).toBe(35n);
    expect(mrs('ICC_RPR_EL1')).toBe(running);
    gic.spi(2).set(true);
    expect(levels['0irq']).toBe(preempts);
    if (preempts) break;
    gic.spi(2).set(false);
    msr('ICC_EOIR1_EL1', 35n);
  }
  expect(mrs('ICC_IAR1_EL1')).toBe(34n);
  expect(mrs('ICC_RPR_EL1')).toBe(0x98n);
  gic.spi(0).set(true);
  expect(mrs('ICC_IAR1_EL1')).toBe(32n);
  expect(mrs('ICC_AP1R0_EL1')).toBe((1n << 8n) | (1n << 19n) | (1n << 20n));
  const running = [32n, 34n, 35n].map((intid) => {
    msr('ICC_EOIR1_EL1', intid);
    return mrs('ICC_RPR_EL1');
  });
  expect(running).toEqual([0x98n, 0xa0n, 0xffn]);
});

test('priority mask, group enables and the distributor each hold interrupts back', () => {
  const { gic, levels, write, mrs, msr } = started();
  gic.spi(0).set(true);
  const holds: [() => void, () => void][] = [
    [() => msr('ICC_PMR_EL1', 0xa0n), () => msr('ICC_PMR_EL1', 0xa8n)],
    [() => msr('ICC_IGRPEN1_EL1', 0n), () => msr('ICC_IGRPEN1_EL1', 1n)],
    [() => write(CTLR, 1), () => write(CTLR, 2)],
    [() => write(ICENABLER + 4, 1), () => write(ISENABLER + 4, 1)],
    [() => write(IROUTER + 32 * 8, 1), () => write(IROUTER + 32 * 8, 0)],
  ];
  for (const [hold, release] of holds) {
    hold();
    expect([levels['0irq'], mrs('ICC_IAR1_EL1')]).toEqual([false, SPURIOUS]);
    release();
    expect(levels['0irq']).toBe(true);
  }
});

test('Group 0 is signalled as FIQ and acknowledged by its own register', () => {
  const { gic, levels, write, mrs, msr } = started();
  write(IGROUPR + 4, -2);
  gic.spi(0).set(true);
  expect([levels['0fiq'], levels['0irq']]).toEqual([true, undefined]);
  expect([mrs('ICC_HPPIR1_EL1'), mrs('ICC_IAR1_EL1')]).toEqual([SPURIOUS, SPURIOUS]);
  expect([mrs('ICC_HPPIR0_EL1'), mrs('ICC_IAR0_EL1')]).toEqual([32n, 32n]);
  msr('ICC_EOIR1_EL1', 32n);
  expect(mrs('ICC_RPR_EL1')).toBe(0xa0n);
  gic.spi(0).set(false);
  msr('ICC_EOIR0_EL1', 32n);
  expect(mrs('ICC_RPR_EL1')).toBe(0xffn);
});

test('with a split end, EOIR drops the priority and DIR deactivates', () => {
  const { gic, levels, read, mrs, msr } = started();
  msr('ICC_CTLR_EL1', 2n);
  gic.spi(0).set(true);
  mrs('ICC_IAR1_EL1');
  msr('ICC_EOIR1_EL1', 32n);
  expect([mrs('ICC_RPR_EL1'), read(ISACTIVER + 4), levels['0irq']]).toEqual([0xffn, 1, false]);
  msr('ICC_DIR_EL1', 32n);
  expect([read(ISACTIVER + 4), levels['0irq']]).toEqual([0, true]);
});

test('SPIs go where their affinity says, or to any core that is awake', () => {
  const { gic, levels, write } = started(4);
  write(IROUTER + 32 * 8, 2);
  gic.spi(0).set(true);
  expect(levels).toEqual({ '2irq': true });
  write(IROUTER + 32 * 8, 0x8000_0000);
  expect(levels).toEqual({ '2irq': false, '0irq': true });
  gic.redistributors.write(0x14, 4, 2);
  expect(levels).toEqual({ '2irq': false, '0irq': false, '1irq': true });
  // Aff3 in the upper word: no such core.
  write(IROUTER + 32 * 8, 2);
  write(IROUTER + 32 * 8 + 4, 1);
  expect(levels).toEqual({ '2irq': false, '0irq': false, '1irq': false });
});

test('SGIs reach a target list, or all others', () => {
  const { levels, mrs, msr, writePrivate } = started(4);
  msr('ICC_SGI1R_EL1', (5n << 24n) | 0b1001n, 1);
  expect(levels).toEqual({ '0irq': true, '3irq': true });
  expect([mrs('ICC_IAR1_EL1', 0), mrs('ICC_IAR1_EL1', 3)]).toEqual([5n, 5n]);
  msr('ICC_EOIR1_EL1', 5n, 0);
  msr('ICC_EOIR1_EL1', 5n, 3);
  msr('ICC_SGI1R_EL1', (1n << 40n) | (3n << 24n), 1);
  expect([0, 1, 2, 3].map((core) => mrs('ICC_IAR1_EL1', core))).toEqual([3n, SPURIOUS, 3n, 3n]);
  // Another cluster, another range, another group.
  msr('ICC_SGI1R_EL1', (1n << 16n) | (6n << 24n) | 0xffffn, 1);
  msr('ICC_SGI1R_EL1', (1n << 44n) | (6n << 24n) | 0xffffn, 1);
  msr('ICC_SGI0R_EL1', (6n << 24n) | 0xffffn, 1);
  expect(mrs('ICC_HPPIR1_EL1', 0)).toBe(SPURIOUS);
  msr('ICC_EOIR1_EL1', 3n, 0);
  writePrivate(0, IGROUPR, 0);
  msr('ICC_SGI0R_EL1', (6n << 24n) | 0xffffn, 1);
  expect(mrs('ICC_IAR0_EL1', 0)).toBe(6n);
});

test('PPIs belong to one core', () => {
  const { gic, levels, mrs } = started();
  gic.ppi(1, 11).set(true);
  expect(levels).toEqual({ '1irq': true });
  expect([mrs('ICC_IAR1_EL1', 0), mrs('ICC_IAR1_EL1', 1)]).toEqual([SPURIOUS, 27n]);
});

test('keeps its state over a snapshot, and loses it by a reset', () => {
  const { gic, mrs, msr } = started();
  gic.spi(40).set(true);
  gic.ppi(0, 3).set(true);
  mrs('ICC_IAR1_EL1');
  msr('ICC_PMR_EL1', 0xc0n);
  const { gic: copy, levels } = create();
  copy.restore(structuredClone(gic.save()));
  expect(copy.save()).toEqual(gic.save());
  copy.writeRegister(0, 'ICC_EOIR1_EL1', 19n);
  expect(levels).toEqual({ '0irq': true });
  copy.spi(40).set(false);
  copy.ppi(0, 3).set(false);
  copy.reset();
  expect(copy.save()).toEqual(create().gic.save());
  expect(levels).toEqual({ '0irq': false });
});

test('of what is pending the most urgent comes first, and ends give the running priorities back', () => {
  const spi = fc.record({ n: fc.nat(255), priority: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.uniqueArray(spi, { selector: ({ n }) => n, maxLength: 20 }),
      fc.constantFrom(...[3, 4, 5, 6, 7]),
      (spis, bpr) => {
        const { gic, mrs, msr } = started();
        msr('ICC_PMR_EL1', 0xf8n);
        msr('ICC_BPR1_EL1', BigInt(bpr));
        for (const { n, priority } of spis) {
          gic.distributor.write(IPRIORITYR + 32 + n, 1, priority);
          gic.spi(n).set(true);
        }
        const urgent = spis.filter(({ priority }) => priority < 0xf8).sort((a, b) => a.priority - b.priority || a.n - b.n);
        const taken = urgent.map(({ n }) => {
          const intid = mrs('ICC_IAR1_EL1');
          expect(mrs('ICC_IAR1_EL1')).toBe(SPURIOUS);
          gic.spi(n).set(false);
          msr('ICC_EOIR1_EL1', intid);
          return Number(intid) - 32;
        });
        expect(taken).toEqual(urgent.map(({ n }) => n));
        expect([mrs('ICC_IAR1_EL1'), mrs('ICC_RPR_EL1')]).toEqual([SPURIOUS, 0xffn]);
      },
    ),
    { numRuns: 50 },
  );
});

test('nested acknowledges and ends are a stack of running priorities', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(30), { maxLength: 12 }), (levels) => {
      const { gic, mrs, msr } = started();
      msr('ICC_PMR_EL1', 0xf8n);
      const stack: [intid: bigint, running: bigint][] = [];
      for (const [n, level] of levels.entries()) {
        gic.distributor.write(IPRIORITYR + 32 + n, 1, level * 8);
        gic.spi(n).set(true);
        const running = mrs('ICC_RPR_EL1');
        const intid = mrs('ICC_IAR1_EL1');
        // Preempts exactly if more urgent than all before it.
        expect(intid !== SPURIOUS).toBe(levels.slice(0, n).every((other) => level < other));
        if (intid !== SPURIOUS) stack.push([intid, running]);
        gic.spi(n).set(false);
      }
      for (const [intid, running] of stack.reverse()) {
        msr('ICC_EOIR1_EL1', intid);
        expect(mrs('ICC_RPR_EL1')).toBe(running);
      }
    }),
    { numRuns: 50 },
  );
});

/** An access: to a register of the distributor or of a redistributor, to a system register, or of an input line. */
interface Action {
  what: number;
  core: number;
  register: number;
  name: string;
  value: number;
}

test('goes on from a snapshot as if nothing had been', () => {
  const registers = [IGROUPR, ISENABLER, ICENABLER, ISPENDR, ICPENDR, ISACTIVER, IPRIORITYR, ICFGR, ICFGR + 4];
  const system = [
    'ICC_IAR0_EL1',
    'ICC_IAR1_EL1',
    'ICC_EOIR1_EL1',
    'ICC_BPR1_EL1',
    'ICC_PMR_EL1',
    'ICC_CTLR_EL1',
    'ICC_SGI1R_EL1',
  ];
  const action: fc.Arbitrary<Action> = fc.record({
    what: fc.nat(4),
    core: fc.nat(1),
    register: fc.constantFrom(...registers),
    name: fc.constantFrom(...system),
    value: fc.oneof(fc.nat(0xff), fc.nat(0xffff_ffff)),
  });
  const apply = ({ gic, write, read, writePrivate, mrs, msr }: ReturnType<typeof create>, actions: readonly Action[]) =>
    actions.map(({ what, core, register, name, value }) => {
      if (what === 0) write(register + 4, value);
      if (what === 1) writePrivate(core, register, value);
      if (what === 2) msr(name, BigInt(value), core);
      if (what === 3) gic.spi(value & 31).set(core === 1);
      return [read(register + 4), mrs(name, core)];
    });
  fc.assert(
    fc.property(fc.array(action), fc.array(action), (before, after) => {
      const first = started();
      apply(first, before);
      const second = create();
      second.gic.restore(first.gic.save());
      expect(second.gic.save()).toEqual(first.gic.save());
      expect(apply(second, after)).toEqual(apply(first, after));
      expect(second.gic.save()).toEqual(first.gic.save());
      for (const [output, level] of Object.entries(first.levels)) expect(second.levels[output] ?? false).toBe(level);
    }),
  );
});

test('no access throws', () => {
  const { gic } = started();
  fc.assert(
    fc.property(fc.nat(0x3_ffff), fc.constantFrom<1 | 2 | 4>(1, 2, 4), fc.nat(0xffff_ffff), (at, size, value) => {
      for (const [device, limit] of [
        [gic.distributor, 0x1_0000],
        [gic.redistributors, 0x4_0000],
      ] as const) {
        const offset = (at % limit) & -size;
        device.write(offset, size, value);
        const got = device.read(offset, size);
        expect(got >= 0 && got < 2 ** (size * 8)).toBe(true);
      }
    }),
  );
  expect(gic.register('ICC_AP0R1_EL1')).toBeUndefined();
  expect(gic.readRegister(0, 'ICC_EOIR1_EL1')).toBe(0n);
  gic.writeRegister(0, 'ICC_IAR1_EL1', -1n);
});

test('who fills list registers hears of an interrupt that comes again while it is thought to be active', () => {
  const told: number[] = [];
  const { gic } = started(2, (core) => told.push(core));
  const line = gic.spi(40);
  line.set(true);
  gic.interrupts.setActive(0, 72);
  line.set(false);
  told.length = 0;
  line.set(true);
  expect(told).toContain(0);
});
