/** Options of `run` about the one guest of a machine, which say nothing where there are cells. */
import type { MachinePlan } from '../../services/machines/plan.ts';
import { optionError } from '../failure.ts';
import type { RunOptions } from './options.ts';

/** What the handset file says of each cell, or of the machine that they share. */
const inFile = {
  ...{ kernel: 'kernel:', initrd: 'initrd:', append: 'append:', dtb: 'dtb:', load: 'load:', entry: 'entry:', memory: 'memory:' },
  ...{ drive: 'devices:', net: 'devices:', input: 'devices:', display: 'devices:', radio: 'devices:' },
  cpus: 'cores:',
} as const satisfies Partial<Record<keyof RunOptions, string>>;
/** What cells do not have. */
const absent = [
  ...(['bios', 'gic', 'el', 'dom0Kernel', 'dom0Initrd', 'dom0Append'] as const),
  ...(['virtioConsole', 'port', 'soundOut', 'soundIn'] as const),
] satisfies (keyof RunOptions)[];

/** Refuses by name what would be ignored. */
export function checkCellOptions({ cells }: MachinePlan, options: RunOptions): void {
  if (options.strict && !cells?.budgets.length)
    throw optionError('--strict', 'no deadlines are watched', 'give a handset file with budgets:');
  if (!cells) return;
  for (const [key, where] of Object.entries(inFile)) {
    if (options[key as keyof typeof inFile] !== undefined)
      throw optionError(nameOf(key), 'the handset file has several guests, and says it of each', `write it there, as ${where}`);
  }
  for (const key of absent) {
    if (options[key] !== undefined) throw optionError(nameOf(key), 'not for guests in cells', 'take it out');
  }
  if (options.threads === 'auto') throw optionError('--threads', 'cells take turns in one thread', 'use --threads 1');
}

const nameOf = (key: string): string =>
  `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace('dom-0', 'dom0')}`;
