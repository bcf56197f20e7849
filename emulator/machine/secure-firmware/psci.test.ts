import { describe, expect, test } from 'vitest';
import { memoryMap } from '../../state/memory-map.ts';
import { Core } from '../core.ts';
import { firmwareCall } from './smccc.ts';

const cpus = 3;

/** Firmware of a machine whose core 0 runs alone, and what it was made to do. */
function create() {
  const buffer = new SharedArrayBuffer(memoryMap.CORE_BASE + cpus * memoryMap.CORE_STRIDE);
  const cores = Array.from({ length: cpus }, (_, index) => new Core(buffer, index));
  for (const core of cores.slice(1)) core.poweredOff = true;
  const done: string[] = [];
  const power = {
    cores,
    affinityOf: (core: number) => core,
    powerOn: (core: Core, entry: bigint, context: bigint) => {
      done.push(`on ${core.index} ${entry} ${context}`);
      core.poweredOff = false;
    },
    powerOff: () => void done.push('off'),
    reset: () => void done.push('reset'),
  };
  /** Calls from a core; answers its X0. */
  const call = (id: number, ...[x1 = 0n, x2 = 0n, x3 = 0n, from = 0]: [x1?: bigint, x2?: bigint, x3?: bigint, from?: number]) => {
    const core = cores[from]!;
    [BigInt(id), x1, x2, x3].forEach((value, n) => core.setX(n, value));
    firmwareCall(power, core);
    return Number(BigInt.asIntN(64, core.x(0)));
  };
  return { cores, done, call };
}

const [SUSPEND, OFF, ON, AFFINITY, FEATURES] = [0xc400_0001, 0x8400_0002, 0xc400_0003, 0xc400_0004, 0x8400_000a];
const [SYSTEM_SUSPEND, RESET2] = [0xc400_000e, 0xc400_0012];
const [NOT_SUPPORTED, INVALID_PARAMETERS, DENIED, ALREADY_ON, INVALID_ADDRESS] = [-1, -2, -3, -4, -9];

describe('PSCI', () => {
  test('is version 1.1, and says what there is of it', () => {
    const { call } = create();
    expect(call(0x8400_0000)).toBe(0x1_0001);
    const ids = Array.from({ length: 0x15 }, (_, n) => n);
    const known = (base: number) => ids.filter((n) => call(FEATURES, BigInt(base + n)) === 0);
    expect(known(0x8400_0000)).toEqual([0, 1, 2, 3, 4, 6, 8, 9, 0xa, 0xe, 0x12]);
    expect(known(0xc400_0000)).toEqual([1, 3, 4, 0xe, 0x12]);
    expect([0x8000_0000n, 0x8000_0001n, ~0n].map((id) => call(FEATURES, id))).toEqual([0, NOT_SUPPORTED, NOT_SUPPORTED]);
    expect([0x8400_0005, 0x8400_0007, 0x8400_0013, 0xc400_0000].map((id) => call(id))).toEqual([-1, -1, -1, -1]);
    expect(call(0x8400_0006)).toBe(2);
  });

  test('CPU_ON starts a core that is off, once', () => {
    const { call, done } = create();
    expect([call(ON, 1n, 0x4000_0002n), call(ON, 3n, 0n), call(ON, 0x8000_0001n, 0n)]).toEqual([
      INVALID_ADDRESS,
      INVALID_PARAMETERS,
      INVALID_PARAMETERS,
    ]);
    expect([call(ON, 1n, 2n ** 40n, 7n), call(ON, 1n), call(ON, 0n)]).toEqual([0, ALREADY_ON, ALREADY_ON]);
    // The form with 32-bit arguments.
    expect(call(0x8400_0003, 2n ** 32n + 2n, 2n ** 40n + 8n, 2n ** 33n + 9n)).toBe(0);
    expect(done).toEqual([`on 1 ${2n ** 40n} 7`, 'on 2 8 9']);
  });

  test('AFFINITY_INFO tells whether a core is off; what is above the cores is on', () => {
    const { call, cores } = create();
    cores[2]!.suspend(0n, 0n);
    expect([0n, 1n, 2n, 3n].map((core) => call(AFFINITY, core))).toEqual([0, 1, 0, INVALID_PARAMETERS]);
    expect([call(AFFINITY, 5n, 1n), call(AFFINITY, 0x100n, 1n), call(AFFINITY, 0x100n, 2n), call(AFFINITY, 0n, 4n)]).toEqual([
      ...[0, INVALID_PARAMETERS, 0, INVALID_PARAMETERS],
    ]);
    call(OFF, 0n, 0n, 0n, 0);
    expect(call(AFFINITY, 0n, 0n, 0n, 1)).toBe(1);
  });

  test('CPU_SUSPEND stands by, or powers down until an interrupt', () => {
    const { call, cores } = create();
    const [core] = cores as [Core];
    expect([call(SUSPEND, 5n), core.suspended, core.standingBy, core.canRun]).toEqual([0, true, true, false]);
    core.poweredOff = false;
    expect([0x2_0000n, 0x100_0000n, 1n << 31n].map((state) => call(SUSPEND, state))).toEqual([-2, -2, -2]);
    expect(call(SUSPEND, 0x1_0000n, 0x4000_0001n)).toBe(INVALID_ADDRESS);
    call(SUSPEND, 0x1_0001n, 0x4000_0000n, 9n);
    expect([core.suspended, core.standingBy, core.x(0), core.x(1)]).toEqual([true, false, 0x4000_0000n, 9n]);
  });

  test('SYSTEM_SUSPEND wants all other cores off', () => {
    const { call, cores } = create();
    cores[1]!.suspend(0n, 0n);
    expect(call(SYSTEM_SUSPEND, 0x4000_0000n)).toBe(DENIED);
    cores[1]!.poweredOff = true;
    call(SYSTEM_SUSPEND, 0x4000_0000n, 3n);
    expect([cores[0]!.suspended, cores[0]!.x(0), cores[0]!.x(1)]).toEqual([true, 0x4000_0000n, 3n]);
  });

  test('the system ends and begins again', () => {
    const { call, done } = create();
    call(0x8400_0008);
    call(0x8400_0009);
    expect([call(RESET2, 1n), call(RESET2, 0x8000_0000n)]).toEqual([INVALID_PARAMETERS, NOT_SUPPORTED]);
    call(RESET2);
    expect(done).toEqual(['off', 'reset', 'reset']);
  });
});

test('SMCCC 1.1, whose workarounds are not required', () => {
  const { call } = create();
  expect(call(0x8000_0000)).toBe(0x1_0001);
  const features = [0x8000_0000n, 0x8000_0001n, 0x8000_0002n, 0x8000_8000n, 0x8000_7fffn, 0x8000_3fffn, 0x8400_0000n];
  expect(features.map((id) => call(0x8000_0001, id))).toEqual([0, 0, NOT_SUPPORTED, 1, 1, 1, NOT_SUPPORTED]);
  expect([0x8000_0002, 0x8600_ff01, 0, 0xffff_ffff].map((id) => call(id))).toEqual([-1, -1, -1, -1]);
});
