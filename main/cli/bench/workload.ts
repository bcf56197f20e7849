/** What a workload is: a guest that both emulators run with the same files, memory and cores. */
import { existsSync } from 'node:fs';

export const groups = ['boots', 'compute', 'system', 'costs'] as const;
export type Group = (typeof groups)[number];

export interface Workload {
  readonly name: string;
  readonly group: Group;
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Options of files, by the name that both emulators have for them. */
  readonly files: { readonly [option in 'kernel' | 'initrd' | 'bios']?: string };
  readonly append?: string;
  readonly steps: readonly Step[];
  /** What the guest must come to: the first group of the last step's pattern. */
  readonly result?: string;
}

/** The guest is done when the patterns of all steps were seen on its console, in order. */
export interface Step {
  readonly pattern: string;
  /** Typed when the pattern was seen. */
  readonly type?: string;
  /** Measured is what lies between these two; without them, from the start of the process to the last step. */
  readonly mark?: 'start' | 'end';
}

/** What guests of ours print around their work. */
export const markedSteps = (name: string): Step[] => [
  { pattern: `^BENCH START ${name}$`, mark: 'start' },
  { pattern: `^BENCH END ${name} (\\w{16})`, mark: 'end' },
];

/** The files of a workload that are not here. */
export function missingFiles(workload: Workload): string[] {
  return Object.values(workload.files).filter((path) => !existsSync(path));
}
