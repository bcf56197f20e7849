import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { CostModel } from '../../../emulator/hypervisor/config.ts';
import { root } from '../../../resources/build/targets.ts';
import { guestFile } from '../../support/guests.ts';
import { asCell, runBare, runInCells, type Guest, type Ran } from './runs.ts';

const MiB = 2 ** 20;
const bench = join(root, 'resources/guests/bench');
const bytes = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

export const kernel = 'Image-cloud';

/** A workload of the bench: on the bare machine, or as a process of Linux. */
export interface Workload {
  readonly name: string;
  readonly system: 'metal' | 'linux';
  /** What it may take longer, in percent. */
  readonly mostPercent: number;
}

function guestOf({ name, system }: Workload): Guest {
  if (system === 'metal')
    return { memoryBytes: 128 * MiB, boot: { kernel: bytes(join(bench, 'metal.elf')), append: name, loads: [] } };
  const image = bytes(guestFile(kernel)!);
  return {
    memoryBytes: 128 * MiB,
    boot: {
      kernel: image[0] === 0x1f ? new Uint8Array(gunzipSync(image)) : image,
      initrd: bytes(join(bench, 'linux.cpio')),
      append: `console=ttyAMA0 quiet rdinit=/bench -- ${name}`,
      loads: [],
    },
  };
}

export interface Compared {
  readonly bareNs: number;
  readonly cellNs: number;
  readonly bare: Ran;
  readonly cell: Ran;
}

const between = ({ matchedNs: [from, to] }: Ran): number => to! - from!;

/** The workload from its begin to its end. */
export function compare(workload: Workload, costs: CostModel): Compared {
  const guest = guestOf(workload);
  const marks = ['BENCH START.*\n', 'BENCH END.*\n'];
  const bare = runBare(guest, marks);
  const cell = runInCells({ cells: [asCell('guest', guest)] }, marks, costs);
  return { bareNs: between(bare), cellNs: between(cell), bare, cell };
}
