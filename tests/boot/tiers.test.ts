/** The tiers give the same run, to the last bit of the state, wherever execution passes from one to the other. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { MachineConfig, RunResult, Script } from '../../emulator/machine/types.ts';
import { guestFile } from '../support/guests.ts';
import { testMachine } from '../support/machine.ts';
import { branchyProgram } from './support/branchy.ts';
import { selfModifying } from './support/self-modifying.ts';
import { twoCores } from './support/two-cores.ts';

const address = 0x4100_0000;

function run(exec: MachineConfig['exec'], config: Partial<MachineConfig>, script: Partial<Script> = {}): RunResult {
  const { machine } = testMachine({ config: { ...config, exec }, script });
  while (machine.runFor(1000) === 'busy');
  return machine.result(0);
}

const program = (bytes: Uint8Array): Partial<MachineConfig> => ({
  boot: { loads: [{ name: 'program', bytes, address }], entry: address },
});

/** Runs with each tier; answers the share of instructions that ran hot, by tier. */
function sameRuns(config: Partial<MachineConfig>, script?: Partial<Script>): { auto: number; hot: number } {
  const [cold, auto, hot] = (['cold', 'auto', 'hot'] as const).map((exec) => run(exec, config, script)) as [
    RunResult,
    RunResult,
    RunResult,
  ];
  for (const other of [auto, hot]) {
    expect(other.outcome).toBe(cold.outcome);
    expect(other.instructions).toBe(cold.instructions);
    expect(other.virtualNs).toBe(cold.virtualNs);
    expect(other.stateHash).toBe(cold.stateHash);
  }
  const share = ({ tiers, instructions }: RunResult): number => tiers.hot / instructions;
  return { auto: share(auto), hot: share(hot) };
}

describe('cold, auto and hot are the same run of', () => {
  test.each(Array.from({ length: 24 }, (_, seed) => seed))('random program %i', (seed) => {
    const { auto, hot } = sameRuns(program(branchyProgram(seed)));
    expect(auto).toBeGreaterThan(0.2);
    expect(hot).toBeGreaterThan(0.99);
  });

  test('code that changes itself', () => {
    expect(sameRuns(program(selfModifying)).hot).toBeGreaterThan(0.9);
  });

  test('two cores that take turns', () => {
    sameRuns({ ...program(twoCores), cpus: 2 });
  });

  test('hello', () => {
    const kernel = readFileSync(new URL('../../resources/guests/hello/hello.elf', import.meta.url));
    sameRuns({ boot: { kernel, loads: [] } }, { expects: ['hello> '] });
  });

  const image = guestFile('Image-cloud');
  const initrd = guestFile('initramfs.cpio.gz');
  test.skipIf(!image || !initrd)('the first 300 ms of Linux', () => {
    const boot = { kernel: readFileSync(image ?? ''), initrd: readFileSync(initrd ?? ''), append: 'console=ttyAMA0', loads: [] };
    const config: Partial<MachineConfig> = { memory: 256 << 20, boot };
    const [cold, auto] = (['cold', 'auto'] as const).map((exec) => run(exec, config, { expects: [], timeoutNs: 300e6 }));
    expect(auto?.stateHash).toBe(cold?.stateHash);
  });
});
