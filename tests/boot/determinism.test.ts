/** Equal inputs give equal runs, whatever the host does meanwhile; whatever the guest can see shows in the hash. */
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AccessSize } from '../../emulator/machine/bus.ts';
import type { Core } from '../../emulator/machine/core.ts';
import type { Hardware } from '../../emulator/machine/hardware.ts';
import type { Machine } from '../../emulator/machine/machine.ts';
import type { InputRecord, MachineConfig, RunResult } from '../../emulator/machine/types.ts';
import { host, testMachine } from '../support/machine.ts';
import { full } from '../support/packages.ts';
import { twoCores } from './support/two-cores.ts';

const hello = readFileSync(new URL('../../resources/guests/hello/hello.elf', import.meta.url));
const helloConfig: Partial<MachineConfig> = { boot: { kernel: hello, loads: [] } };
const address = 0x4100_0000;
const pairConfig: Partial<MachineConfig> = {
  cpus: 2,
  boot: { loads: [{ name: 'two cores', bytes: twoCores, address }], entry: address },
};

function toEnd(machine: Machine): RunResult {
  while (machine.runFor(1000) === 'busy');
  return machine.result(0);
}

describe('the hash shows', () => {
  /** Says whether the hash of a machine that was started is another one when `change` was done to it. */
  function shows(change: (hardware: Hardware) => void): boolean {
    const [plain, changed] = [0, 1].map(() => {
      const { machine } = testMachine({ config: { ...helloConfig, rng: true }, script: { expects: ['hello> '] } });
      while (machine.runFor(1000) === 'busy');
      return machine;
    }) as [Machine, Machine];
    expect(changed.stateHash()).toBe(plain.stateHash());
    change(changed.hardware);
    return changed.stateHash() !== plain.stateHash();
  }

  test('nothing when nothing was changed', () => {
    expect(shows(() => undefined)).toBe(false);
  });

  test.each([0x4000_0000, 0x4200_0123, 0x43ff_ffff])('a byte of RAM at 0x%s', (pa) => {
    expect(
      shows(({ ram }) => {
        const byte = new Uint8Array(1);
        ram.read(pa, byte);
        byte[0] = (byte[0] ?? 0) ^ 1;
        ram.write(pa, byte);
      }),
    ).toBe(true);
  });

  test.each<[name: string, pa: number, value: bigint, size?: AccessSize]>([
    ['uart0 IFLS', 0x0900_0034, 0n],
    ['rtc0 match', 0x0901_0004, 5n],
    ['gpio0 direction', 0x0903_0400, 1n],
    ['gicd priority', 0x0800_0440, 0x80n],
    ['gicr priority', 0x080b_0404, 0x80n],
    ['gicr PROPBASER', 0x080a_0074, 1n],
    ['its BASER0', 0x0808_0104, 1n],
    ['virtio31 status', 0x0a00_3e70, 1n],
    ['fw-cfg selector', 0x0902_0008, 0x1900n, 2],
    ['flash0 mode', 0x0000_0000, 0x90n],
  ])('a register of a device: %s', (_, pa, value, size = 4) => {
    expect(shows(({ bus }) => expect(bus.write(pa, size, value)).toBe(true))).toBe(true);
  });

  test.each<[name: string, change: (core: Core) => void]>([
    ['X5', (core) => core.setX(5, core.x(5) ^ 1n)],
    ['V31', (core) => core.set64('V', 1n, 63)],
    ['TPIDR_EL1', (core) => core.set64('TPIDR_EL1', 1n)],
    ['FPSR', (core) => core.set32('FPSR', 1)],
    ['the exclusive monitor', (core) => core.set64('EXCL_PA', core.get64('EXCL_PA') ^ 8n)],
  ])('a register of a core: %s', (_, change) => {
    expect(shows(({ cores }) => change(cores[0] as Core))).toBe(true);
  });

  test('a key that was typed, the seed and the date', () => {
    const hash = (config: Partial<MachineConfig>, key = ''): string => {
      const sends = [{ pattern: 'hello> $', text: key }];
      const { machine } = testMachine({ config: { ...helloConfig, ...config }, script: { timeoutNs: 20e6, sends } });
      return toEnd(machine).stateHash;
    };
    const plain = hash({});
    expect(hash({})).toBe(plain);
    const others = [hash({}, 'a'), hash({}, 'b'), hash({ seed: 2 }), hash({ rtcSeconds: 0 }), hash({ cpu: 'cortex-a53' })];
    expect(new Set([plain, ...others]).size).toBe(6);
  });
});

describe('the hash does not show', () => {
  const numRuns = full ? 100 : 8;
  /** How a host may run a machine: turns of some length, up to some virtual time from now, with some keys typed between. */
  const turn = fc.record({
    hostMs: fc.double({ min: 0, max: 3, noNaN: true }),
    paceNs: fc.option(fc.double({ min: 1, max: 3e6, noNaN: true })),
    idleNs: fc.option(fc.double({ min: 1, max: 3e6, noNaN: true })),
    keys: fc.constantFrom<string>('', '', '', 'help\n', 'info\n', 'x'),
  });
  type Turn = typeof turn extends fc.Arbitrary<infer One> ? One : never;

  function inTurns(machine: Machine, turns: Turn[]): RunResult {
    for (const { hostMs, paceNs, idleNs, keys } of turns) {
      if (keys) machine.type(Buffer.from(keys));
      const from = machine.nowNs;
      const [untilNs, idleUntilNs] = [from + (paceNs ?? Infinity), from + (idleNs ?? Infinity)];
      if (machine.runFor(hostMs, { untilNs, idleUntilNs }) === 'ended') break;
    }
    return toEnd(machine);
  }

  /** A host whose clock is as it may be on a busy machine: every look at it costs time. */
  const slow = () => {
    let ms = 0;
    return { ...host, nowMs: () => (ms += 0.3) };
  };
  const silent = fc.array(
    turn.map((one) => ({ ...one, keys: '' })),
    { maxLength: 60 },
  );

  test('how two cores were paced and paused', () => {
    const make = () => testMachine({ config: pairConfig, host: slow() }).machine;
    const plain = toEnd(make());
    expect(plain).toMatchObject({ outcome: 'poweroff' });
    fc.assert(
      fc.property(silent, (turns) => {
        expect(pick(inTurns(make(), turns))).toEqual(pick(plain));
      }),
      { numRuns },
    );
  });

  test('whether input was typed, or entered again from the log', () => {
    const script = { timeoutNs: 80e6 };
    const make = (replay?: InputRecord[]) =>
      testMachine({ config: helloConfig, host: slow(), script: { ...script, ...(replay ? { replay } : {}) } }).machine;
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 60 }), silent, (turns, others) => {
        const typed = inTurns(make(), turns);
        const again = inTurns(make(typed.input), others);
        expect(pick(again)).toEqual(pick(typed));
        expect(again.input).toEqual(typed.input);
      }),
      { numRuns },
    );
  });

  function pick({ outcome, virtualNs, instructions, stateHash }: RunResult) {
    return { outcome, virtualNs, instructions, stateHash };
  }
});
