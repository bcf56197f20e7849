/** What a workload is: a guest that both emulators run with the same files, memory and cores. */
import { existsSync } from 'node:fs';

export const groups = ['boots', 'el2', 'compute', 'system', 'parallel', 'parallel-kernel', 'stage2', 'costs'] as const;
export type Group = (typeof groups)[number];

export interface Workload {
  readonly name: string;
  readonly group: Group;
  readonly cpus: number;
  readonly memoryMiB: number;
  /** The guest starts at EL2. */
  readonly el?: 2;
  readonly gic?: 2 | 3;
  /** Options of files, by the name that both emulators have for them. */
  readonly files: Files;
  /** An archive that goes behind the initial RAM disk, as Linux allows. */
  readonly moreInitrd?: string;
  /** A drive of this size, empty at the start. */
  readonly driveMiB?: number;
  /** How to get the files that did not come with us. */
  readonly source?: string;
  readonly append?: string;
  /** The command line of a hypervisor's first guest. */
  readonly dom0Append?: string;
  readonly steps: readonly Step[];
  /** What the guest must come to: the first group of the last step's pattern. */
  readonly result?: string;
}

type Files = { readonly [option in 'kernel' | 'initrd' | 'bios' | 'dom0-kernel' | 'dom0-initrd']?: string };

/** A workload with all its files in place: what an emulator is given. */
export type Staged = Workload & { readonly drive?: string };

/** The guest is done when the patterns of all steps were seen on its console, in order. */
export interface Step {
  readonly pattern: string;
  /** Typed when the pattern was seen. */
  readonly type?: string;
  /** Measured is what lies between these two; without them, from the start of the process to the last step. */
  readonly mark?: 'start' | 'end';
}

/** What guests of ours print around their work: one kernel, or several at once, with a result of each. */
export function markedSteps(...kernels: string[]): Step[] {
  const names = kernels.join(' ');
  const results = kernels.map(() => '\\w{16}').join(' ');
  return [
    { pattern: `^BENCH START ${names}$`, mark: 'start' },
    { pattern: `^BENCH END ${names} (${results})`, mark: 'end' },
  ];
}

/** What guests of ours print when they cannot do what they should, and Linux as well. */
export const failurePattern = /^.*(BENCH (FAILED|FAULT|NAMES)|Kernel panic).*$/m;

/** The files of a workload that are not here. */
export function missingFiles(workload: Workload): string[] {
  const { files, moreInitrd = [] } = workload;
  return [...Object.values(files), moreInitrd].flat().filter((path) => !existsSync(path));
}
