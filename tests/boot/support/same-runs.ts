/** The same run in each tier. */
import { expect } from 'vitest';
import type { Machine } from '../../../emulator/machine/machine.ts';
import type { MachineConfig, RunResult, Script } from '../../../emulator/machine/types.ts';
import { testMachine } from '../../support/machine.ts';

export function runToEnd(config: Partial<MachineConfig>, script: Partial<Script> = {}): { machine: Machine; result: RunResult } {
  const { machine } = testMachine({ config, script });
  while (machine.runFor(1000) === 'busy');
  return { machine, result: machine.result(0) };
}

/** The configuration of a machine that runs bytes at an address. */
export const program = (bytes: Uint8Array, address = 0x4100_0000): Partial<MachineConfig> => ({
  boot: { loads: [{ name: 'program', bytes, address }], entry: address },
});

/** What has to be equal whatever the tier. */
export function visible({ outcome, instructions, virtualNs, stateHash }: RunResult): Partial<RunResult> {
  return { outcome, instructions, virtualNs, stateHash };
}

/** Runs with each tier; answers the share of instructions that ran hot, by tier. */
export function sameRuns(config: Partial<MachineConfig>, script?: Partial<Script>): { auto: number; hot: number } {
  const [cold, auto, hot] = (['cold', 'auto', 'hot'] as const).map((exec) => runToEnd({ ...config, exec }, script).result) as [
    RunResult,
    RunResult,
    RunResult,
  ];
  for (const other of [auto, hot]) expect(visible(other)).toEqual(visible(cold));
  const share = ({ tiers, instructions }: RunResult): number => tiers.hot / instructions;
  return { auto: share(auto), hot: share(hot) };
}
