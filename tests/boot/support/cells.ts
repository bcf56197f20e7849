/** Small programs beside each other under our hypervisor. */
import { costsAt } from '../../../emulator/boards/costs.ts';
import type { CellConfig, CellsConfig } from '../../../emulator/hypervisor/config.ts';
import type { Machine } from '../../../emulator/machine/machine.ts';
import type { MachineConfig, RunResult, Script } from '../../../emulator/machine/types.ts';
import { testMachine } from '../../support/machine.ts';
import { Assembler } from './assembler.ts';

const MiB = 2 ** 20;
const ENTRY = 0x4020_0000;

/** A cell of 8 MiB with a console. */
export function cell(name: string, boot: CellConfig['boot'], more: Partial<CellConfig> = {}): CellConfig {
  return {
    ...{ name, boot, memoryBytes: 8 * MiB, cpus: 1, schedule: { priority: 10 }, devices: [{ kind: 'uart' }], restart: 'never' },
    ...more,
  };
}

/** A cell that runs what `write` assembles, with the MMU off and without vectors: whatever it faults at ends it. */
export function program(name: string, write: (a: Assembler) => void, more: Partial<CellConfig> = {}): CellConfig {
  const a = new Assembler(ENTRY);
  write(a);
  return cell(name, { loads: [{ bytes: a.bytes(), address: ENTRY, name }], entry: ENTRY }, more);
}

export interface Ran {
  machine: Machine;
  result: RunResult;
  consoles: Record<string, string>;
}

/** Runs cells to the end of the run. */
export function runCells(cells: Partial<CellsConfig>, script: Partial<Script> = {}, config: Partial<MachineConfig> = {}): Ran {
  const consoles: Record<string, string> = {};
  const { machine } = testMachine({
    config: { exec: 'cold', ...config, cells: { cells: [], channels: [], budgets: [], costs: costsAt(1e9), ...cells } },
    script: { timeoutNs: 50e6, ...script },
    onConsole: (bytes, stream) => {
      const { name } = cells.cells![stream]!;
      consoles[name] = (consoles[name] ?? '') + Buffer.from(bytes).toString('latin1');
    },
  });
  while (machine.runFor(1000) === 'busy');
  return { machine, result: machine.result(0), consoles };
}

export const [SYSTEM_OFF, SYSTEM_RESET] = [0x8400_0008, 0x8400_0009];

/** HVC with a function and its arguments. */
export function call(a: Assembler, id: number, ...values: number[]): void {
  values.forEach((value, n) => a.mov(n + 1, value));
  a.mov(0, id);
  a.hvc(0);
}
/** A function of our hypervisor. */
export const pv = (number: number): number => 0xc600_0000 + number;
/** Writes a text by hypercalls. */
export const print = (a: Assembler, text: string): void => [...text].forEach((each) => call(a, pv(6), each.charCodeAt(0)));
