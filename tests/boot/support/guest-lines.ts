/** What a guest of our own that powers off by itself prints. */
import { readFileSync } from 'node:fs';
import type { MachineConfig, RunResult, Script } from '../../../emulator/machine/types.ts';
import { guestFile, type Guest } from '../../../resources/guests/build.ts';
import { testMachine } from '../../support/machine.ts';

export function guestLines(
  guest: Guest,
  append = '',
  options: { config?: Partial<MachineConfig>; script?: Partial<Script> } = {},
): { lines: string[]; result: RunResult } {
  const boot = { kernel: readFileSync(guestFile(guest)), append, loads: [] };
  const { machine, console } = testMachine({ config: { boot, ...options.config }, script: options.script ?? {} });
  while (machine.runFor(1000) === 'busy');
  return { lines: console().replaceAll('\r', '').trimEnd().split('\n'), result: machine.result(0) };
}
