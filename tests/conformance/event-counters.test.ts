/** Event counters that EL2 keeps for itself: MDCR_EL2.HPMN and HPME (DDI 0487 D13.5, D13.11). QEMU 7.2 shows all of them to EL1. */
import { describe, expect, test } from 'vitest';
import { idRegisters } from '../../emulator/machine/cpu-models.ts';
import { sysregs } from '../../emulator/isa/sysregs/index.ts';
import { Bench } from './support/bench.ts';

const CODE = 0x4000_0000n;
const MRS_X0 = 0xd530_0000;
const MSR_X0 = 0xd510_0000;
const COUNTERS = 6;
const [E, P] = [1n, 2n];
const HPME = 1n << 7n;
const CYCLES = 0x11n;
/** NSH: EL2 is counted, too. */
const AT_EL2 = 1n << 27n;

/** A core with EL2 that executes single accesses, at a level. */
class Monitors {
  private readonly bench = new Bench();
  private readonly host: number;

  constructor() {
    const { bench } = this;
    bench.core.reset(idRegisters('cortex-a57', true, 2), 0x8000_0000n, 62_500_000, 2);
    this.host = bench.addRam(CODE, 0x1000)[0]!;
    this.at(2, 'MDCR_EL2', 4n);
  }

  /** Reads, or writes where there is a value. */
  at(level: 1 | 2, name: string, value?: bigint): bigint {
    const { bench, host } = this;
    const { core, runtime, engine, view } = bench;
    const encoding = sysregs.find((row) => row.name === name)!.encoding & 0x7fff;
    view.setUint32(host, ((value === undefined ? MRS_X0 : MSR_X0) | (encoding << 5)) >>> 0, true);
    runtime.codeRangeChanged(host, 4);
    core.set32('EL', level);
    runtime.levelChanged(core.pointer);
    core.setX(0, value ?? 0n);
    core.pc = CODE;
    const exceptions = core.get64('EXCEPTION_COUNT');
    engine.runOne(core.pointer, runtime.fetchRecord(core.pointer, CODE) >>> 0, CODE);
    expect(core.get64('EXCEPTION_COUNT'), name).toBe(exceptions);
    return core.x(0);
  }

  /** So many cycles, each of an instruction, pass at a level. */
  pass(level: 1 | 2, cycles: number): void {
    const { core, runtime } = this.bench;
    core.set32('EL', level);
    runtime.levelChanged(core.pointer);
    core.set64('TIME_LIMIT', core.get64('TIME_LIMIT') + BigInt(cycles));
  }
}

describe('event counters of EL2', () => {
  test('are not there for EL1: of six it sees four', () => {
    const monitors = new Monitors();
    const number = (level: 1 | 2): number => Number((monitors.at(level, 'PMCR_EL0') >> 11n) & 31n);
    expect([number(1), number(2)]).toEqual([4, 6]);
    for (const [set, clear] of [
      ['PMCNTENSET_EL0', 'PMCNTENCLR_EL0'],
      ['PMINTENSET_EL1', 'PMINTENCLR_EL1'],
      ['PMOVSSET_EL0', 'PMOVSCLR_EL0'],
    ] as const) {
      monitors.at(1, set, 0xffff_ffffn);
      expect(monitors.at(2, set), set).toBe(0x8000_000fn);
      monitors.at(2, set, 0x30n);
      expect([monitors.at(1, set), monitors.at(2, clear)], set).toEqual([0x8000_000fn, 0x8000_003fn]);
      monitors.at(1, clear, 0xffff_ffffn);
      expect([monitors.at(1, clear), monitors.at(2, clear)], clear).toEqual([0n, 0x30n]);
    }
  });

  test('read as zero and keep their values when EL1 writes', () => {
    const monitors = new Monitors();
    for (let n = 0; n < COUNTERS; n++) monitors.at(2, `PMEVCNTR${n}_EL0`, BigInt(n + 1));
    for (let n = 0; n < COUNTERS; n++) {
      const seen = n < 4;
      expect(monitors.at(1, `PMEVCNTR${n}_EL0`)).toBe(seen ? BigInt(n + 1) : 0n);
      monitors.at(1, 'PMSELR_EL0', BigInt(n));
      expect(monitors.at(1, 'PMXEVCNTR_EL0')).toBe(seen ? BigInt(n + 1) : 0n);
      monitors.at(1, 'PMXEVTYPER_EL0', CYCLES);
      monitors.at(1, `PMEVCNTR${n}_EL0`, 9n);
      expect(monitors.at(2, `PMEVCNTR${n}_EL0`)).toBe(seen ? 9n : BigInt(n + 1));
      expect(monitors.at(2, `PMEVTYPER${n}_EL0`)).toBe(seen ? CYCLES : 0n);
    }
    monitors.at(1, 'PMCR_EL0', P);
    expect([3, 4].map((n) => monitors.at(2, `PMEVCNTR${n}_EL0`))).toEqual([0n, 5n]);
    monitors.at(2, 'PMCR_EL0', P);
    expect(monitors.at(2, 'PMEVCNTR4_EL0')).toBe(0n);
  });

  test('count by HPME, others by PMCR_EL0.E', () => {
    const monitors = new Monitors();
    for (const n of [0, 5]) monitors.at(2, `PMEVTYPER${n}_EL0`, CYCLES | AT_EL2);
    monitors.at(2, 'PMCNTENSET_EL0', 0x21n);
    const counted = (): boolean[] => {
      const before = [0, 5].map((n) => monitors.at(2, `PMEVCNTR${n}_EL0`));
      monitors.pass(1, 1000);
      return [0, 5].map((n, i) => monitors.at(2, `PMEVCNTR${n}_EL0`) - before[i]! >= 1000n);
    };
    expect(counted()).toEqual([false, false]);
    monitors.at(1, 'PMCR_EL0', E);
    expect(counted()).toEqual([true, false]);
    monitors.at(2, 'MDCR_EL2', 4n | HPME);
    expect(counted()).toEqual([true, true]);
    monitors.at(1, 'PMCR_EL0', 0n);
    expect(counted()).toEqual([false, true]);
    // With another HPMN the first range has them all.
    monitors.at(2, 'MDCR_EL2', 6n | HPME);
    expect(counted()).toEqual([false, false]);
  });
});
