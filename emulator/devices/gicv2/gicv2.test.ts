import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGicV2 } from './gicv2.ts';

const GICD_CTLR = 0x000;
const GICD_TYPER = 0x004;
const GICD_IGROUPR = 0x080;
const GICD_ISENABLER = 0x100;
const GICD_ISPENDR = 0x200;
const GICD_ICPENDR = 0x280;
const GICD_ISACTIVER = 0x300;
const GICD_IPRIORITYR = 0x400;
const GICD_ITARGETSR = 0x800;
const GICD_ICFGR = 0xc00;
const GICD_SGIR = 0xf00;
const GICD_CPENDSGIR = 0xf10;
const GICD_SPENDSGIR = 0xf20;

const GICC_CTLR = 0x000;
const GICC_PMR = 0x004;
const GICC_BPR = 0x008;
const GICC_IAR = 0x00c;
const GICC_EOIR = 0x010;
const GICC_RPR = 0x014;
const GICC_HPPIR = 0x018;
const GICC_ABPR = 0x01c;
const GICC_AIAR = 0x020;
const GICC_APR = 0x0d0;
const GICC_NSAPR = 0x0e0;
const GICC_IIDR = 0x0fc;
const GICC_DIR = 0x1000;

const SPURIOUS = 1023;

/** A GIC, the core that accesses it, and the levels of its outputs: `0irq` for the IRQ of core 0. */
function create(cores = 2) {
  const levels: Record<string, boolean> = {};
  let current = 0;
  const gic = createGicV2({
    cores,
    spis: 256,
    currentCore: () => current,
    output: (core, input) => ({ set: (level) => (levels[`${core}${input}`] = level) }),
  });
  return {
    gic,
    levels,
    as: (core: number) => (current = core),
    readD: (offset: number) => gic.distributor.read(offset, 4),
    writeD: (offset: number, value: number) => gic.distributor.write(offset, 4, value),
    readC: (offset: number) => gic.cpuInterface.read(offset, 4),
    writeC: (offset: number, value: number) => gic.cpuInterface.write(offset, 4, value),
  };
}

/** As a kernel leaves it: everything enabled, in Group 0, of priority 0xa0, and routed to core 0. */
function started(cores = 2) {
  const machine = create(cores);
  const { as, writeD, writeC } = machine;
  for (let word = 1; word <= 8; word++) writeD(GICD_ISENABLER + word * 4, -1);
  for (let at = 32; at < 288; at += 4) {
    writeD(GICD_IPRIORITYR + at, 0xa0a0_a0a0);
    writeD(GICD_ITARGETSR + at, 0x0101_0101);
  }
  for (let core = cores - 1; core >= 0; core--) {
    as(core);
    for (let at = 0; at < 32; at += 4) writeD(GICD_IPRIORITYR + at, 0xa0a0_a0a0);
    writeD(GICD_ISENABLER, -1);
    writeC(GICC_PMR, 0xf0);
    writeC(GICC_CTLR, 1);
  }
  writeD(GICD_CTLR, 1);
  return machine;
}

test('says what QEMU says', () => {
  // qemu-system-aarch64 7.2 -M virt,gic-version=2 -cpu cortex-a57 -smp 2, read by a bare-metal guest at EL1 before anything else.
  const { readD, readC, writeD, writeC, as } = create();
  const distributor: [number, number][] = [
    [GICD_CTLR, 0],
    [GICD_TYPER, 0x28],
    [0x008, 0x43b],
    [GICD_IGROUPR, 0],
    [GICD_ISENABLER, 0xffff],
    [GICD_ITARGETSR, 0x0101_0101],
    [GICD_ITARGETSR + 32, 0],
    [GICD_ICFGR, 0xaaaa_aaaa],
    [GICD_ICFGR + 4, 0],
    [0xfd0, 0x04],
    [0xfe0, 0x90],
    [0xfe4, 0xb4],
    [0xfe8, 0x2b],
    [0xff0, 0x0d],
    [0xff4, 0xf0],
    [0xff8, 0x05],
    [0xffc, 0xb1],
  ];
  expect(distributor.map(([offset]) => [offset, readD(offset)])).toEqual(distributor);
  const cpuInterface: [number, number, number][] = [
    // Reset value, and what writing ones leaves.
    [GICC_CTLR, 0, 0x21f],
    [GICC_PMR, 0, 0xff],
    [GICC_BPR, 0, 7],
    [GICC_RPR, 0xff, 0xff],
    [GICC_HPPIR, 0x3ff, 0x3ff],
    [GICC_ABPR, 1, 7],
    [GICC_APR, 0, 0xffff_ffff],
    [GICC_APR + 12, 0, 0xffff_ffff],
    [GICC_NSAPR + 12, 0, 0xffff_ffff],
    [GICC_IIDR, 0x2043b, 0x2043b],
  ];
  expect(cpuInterface.map(([offset]) => readC(offset))).toEqual(cpuInterface.map(([, reset]) => reset));
  const written = cpuInterface.map(([offset]) => {
    writeC(offset, -1);
    return readC(offset);
  });
  expect(written).toEqual(cpuInterface.map(([, , ones]) => ones));
  writeC(GICC_BPR, 0);
  writeC(GICC_ABPR, 0);
  expect([readC(GICC_BPR), readC(GICC_ABPR)]).toEqual([0, 1]);
  // SGIs stay enabled and edge-triggered, and only their own registers make them pending.
  writeD(0x180, -1);
  writeD(GICD_ICFGR, 0);
  writeD(GICD_ISPENDR, 0xffff);
  expect([readD(GICD_ISENABLER), readD(GICD_ICFGR), readD(GICD_ISPENDR)]).toEqual([0xffff, 0xaaaa_aaaa, 0]);
  as(1);
  expect(readD(GICD_ITARGETSR + 28)).toBe(0x0202_0202);
});

test('a level-sensitive interrupt is pending while its line is high, and again after its end', () => {
  const { gic, levels, readC, readD, writeC, writeD } = started();
  gic.spi(1).set(true);
  expect(levels['0irq']).toBe(true);
  expect([readC(GICC_HPPIR), readC(GICC_IAR), levels['0irq']]).toEqual([33, 33, false]);
  expect([readD(GICD_ISPENDR + 4), readD(GICD_ISACTIVER + 4), readC(GICC_RPR)]).toEqual([2, 2, 0xa0]);
  writeD(GICD_ICPENDR + 4, 2);
  writeC(GICC_EOIR, 33);
  expect([levels['0irq'], readC(GICC_RPR)]).toEqual([true, 0xff]);
  gic.spi(1).set(false);
  expect([levels['0irq'], readC(GICC_IAR)]).toEqual([false, SPURIOUS]);
});

test('an edge is kept until it is acknowledged', () => {
  const { gic, readC, writeC, writeD } = started();
  writeD(GICD_ICFGR + 8, 2);
  gic.spi(0).set(true);
  gic.spi(0).set(false);
  expect(readC(GICC_IAR)).toBe(32);
  writeC(GICC_EOIR, 32);
  expect(readC(GICC_IAR)).toBe(SPURIOUS);
});

test('an SGI is pending for each of its sources', () => {
  const { as, levels, readC, readD, writeC, writeD } = started(4);
  for (const source of [3, 1]) {
    as(source);
    writeD(GICD_SGIR, (0b0101 << 16) | 5);
  }
  as(0);
  expect(levels).toEqual({ '0irq': true, '2irq': true });
  expect(readD(GICD_SPENDSGIR + 4)).toBe(0b1010 << 8);
  expect(readC(GICC_HPPIR)).toBe((1 << 10) | 5);
  expect(readC(GICC_IAR)).toBe((1 << 10) | 5);
  expect(levels['0irq']).toBe(false);
  expect(readD(GICD_CPENDSGIR + 4)).toBe(0b1000 << 8);
  writeC(GICC_EOIR, (1 << 10) | 5);
  expect(levels['0irq']).toBe(true);
  expect(readC(GICC_IAR)).toBe((3 << 10) | 5);
  writeC(GICC_EOIR, (3 << 10) | 5);
  expect([readC(GICC_IAR), readD(GICD_ISPENDR)]).toEqual([SPURIOUS, 0]);
});

test('SGIs go to a list, to all others or to the sender, and can be taken back', () => {
  const { as, gic, levels, readC, writeD } = started(3);
  as(1);
  writeD(GICD_SGIR, (1 << 24) | 2);
  expect(levels).toEqual({ '0irq': true, '2irq': true });
  as(0);
  expect(readC(GICC_IAR)).toBe((1 << 10) | 2);
  as(2);
  gic.distributor.write(GICD_CPENDSGIR + 2, 1, 1 << 1);
  expect(levels['2irq']).toBe(false);
  gic.distributor.write(GICD_SPENDSGIR + 3, 1, 1 << 0);
  expect(readC(GICC_IAR)).toBe(3);
  as(1);
  writeD(GICD_SGIR, (2 << 24) | 9);
  expect(readC(GICC_IAR)).toBe((1 << 10) | 9);
});

test('a hypervisor lists an SGI once for each of its sources', () => {
  const { as, gic, writeD, readD } = started(3);
  for (const core of [1, 2]) {
    as(core);
    writeD(GICD_SGIR, (1 << 16) | 5);
  }
  as(0);
  const { interrupts } = gic;
  expect([interrupts.takeLatched(0, 5), interrupts.isPending(0, 5)]).toEqual([1, true]);
  interrupts.latch(0, 5, 1);
  expect(readD(GICD_SPENDSGIR + 4)).toBe(0b110 << 8);
  expect([1, 2, 3].map(() => interrupts.takeLatched(0, 5))).toEqual([1, 2, undefined]);
  gic.spi(0).set(true);
  expect(interrupts.takeLatched(0, 32)).toBeUndefined();
});

test('an SPI for several cores goes to the first that acknowledges it', () => {
  const { as, gic, levels, readC, writeD } = started();
  writeD(GICD_ITARGETSR + 32, 3);
  gic.spi(0).set(true);
  expect(levels).toEqual({ '0irq': true, '1irq': true });
  as(1);
  expect(readC(GICC_IAR)).toBe(32);
  as(0);
  expect([readC(GICC_IAR), levels['0irq']]).toEqual([SPURIOUS, false]);
});

test('a single core needs no targets', () => {
  const { gic, readC, readD, writeD } = started(1);
  writeD(GICD_ITARGETSR + 32, 0);
  expect([readD(GICD_TYPER), readD(GICD_ITARGETSR), readD(GICD_ITARGETSR + 32)]).toEqual([0x08, 0, 0]);
  gic.spi(0).set(true);
  expect(readC(GICC_IAR)).toBe(32);
});

test('PPIs and the priorities of private interrupts belong to one core', () => {
  const { as, gic, levels, readC, readD, writeD } = started();
  as(1);
  writeD(GICD_IPRIORITYR + 24, 0x1000_0000);
  as(0);
  expect(readD(GICD_IPRIORITYR + 24)).toBe(0xa0a0_a0a0);
  gic.ppi(1, 11).set(true);
  expect(levels).toEqual({ '1irq': true });
  expect(readC(GICC_IAR)).toBe(SPURIOUS);
  as(1);
  expect([readC(GICC_IAR), readC(GICC_RPR)]).toEqual([27, 0x10]);
});

test('FIQEn signals Group 0 as FIQ, and AckCtl lets GICC_IAR take Group 1', () => {
  const { gic, levels, readC, writeC, writeD } = started();
  writeD(GICD_CTLR, 3);
  writeC(GICC_CTLR, 0b1011);
  writeD(GICD_IGROUPR + 4, 2);
  gic.spi(0).set(true);
  expect(levels).toEqual({ '0fiq': true });
  expect([readC(GICC_AIAR), readC(GICC_IAR)]).toEqual([SPURIOUS, 32]);
  gic.spi(0).set(false);
  writeC(GICC_EOIR, 32);
  gic.spi(1).set(true);
  expect(levels).toEqual({ '0fiq': false, '0irq': true });
  expect([readC(GICC_IAR), readC(GICC_HPPIR)]).toEqual([1022, 1022]);
  writeC(GICC_CTLR, 0b1111);
  expect([readC(GICC_HPPIR), readC(GICC_IAR)]).toEqual([33, 33]);
});

test('with a split end, EOIR drops the priority and DIR deactivates', () => {
  const { gic, levels, readC, readD, writeC } = started();
  writeC(GICC_CTLR, 1 | (1 << 9));
  gic.spi(0).set(true);
  readC(GICC_IAR);
  writeC(GICC_EOIR, 32);
  expect([readC(GICC_RPR), readD(GICD_ISACTIVER + 4), levels['0irq']]).toEqual([0xff, 1, false]);
  writeC(GICC_DIR, 32);
  expect([readD(GICD_ISACTIVER + 4), levels['0irq']]).toEqual([0, true]);
});

test('keeps its state over a snapshot, and loses it by a reset', () => {
  const { gic, as, readC, writeC, writeD } = started();
  as(1);
  writeD(GICD_SGIR, (1 << 16) | 7);
  as(0);
  gic.spi(40).set(true);
  readC(GICC_IAR);
  writeC(GICC_CTLR, 0b111);
  const { gic: copy, levels } = create();
  copy.restore(structuredClone(gic.save()));
  expect(copy.save()).toEqual(gic.save());
  copy.cpuInterface.write(GICC_EOIR, 4, (1 << 10) | 7);
  expect(levels).toEqual({ '0irq': true });
  copy.spi(40).set(false);
  copy.reset();
  expect(copy.save()).toEqual(create().gic.save());
  expect(levels).toEqual({ '0irq': false });
});

test('of what is pending the most urgent comes first', () => {
  const spi = fc.record({ n: fc.nat(255), priority: fc.nat(255) });
  fc.assert(
    fc.property(fc.uniqueArray(spi, { selector: ({ n }) => n, maxLength: 20 }), (spis) => {
      const { gic, readC, writeC } = started();
      for (const { n, priority } of spis) {
        gic.distributor.write(GICD_IPRIORITYR + 32 + n, 1, priority);
        gic.spi(n).set(true);
      }
      const urgent = spis.filter(({ priority }) => priority < 0xf0).sort((a, b) => a.priority - b.priority || a.n - b.n);
      const taken = urgent.map(({ n }) => {
        const intid = readC(GICC_IAR);
        gic.spi(n).set(false);
        writeC(GICC_EOIR, intid);
        return intid - 32;
      });
      expect(taken).toEqual(urgent.map(({ n }) => n));
      expect([readC(GICC_IAR), readC(GICC_RPR)]).toEqual([SPURIOUS, 0xff]);
    }),
    { numRuns: 50 },
  );
});

test('no access throws', () => {
  const { gic } = started();
  fc.assert(
    fc.property(fc.nat(0x1fff), fc.constantFrom<1 | 2 | 4>(1, 2, 4), fc.nat(0xffff_ffff), (at, size, value) => {
      for (const device of [gic.distributor, gic.cpuInterface]) {
        const offset = at & -size;
        device.write(offset, size, value);
        const got = device.read(offset, size);
        expect(got >= 0 && got < 2 ** (size * 8)).toBe(true);
      }
    }),
  );
});
