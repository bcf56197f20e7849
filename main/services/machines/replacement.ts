import type { CellImages } from '../../../emulator/machine/types.ts';
import { readInitrd, readKernel } from './images.ts';

/** What takes the place of a cell's images, by the names of files. */
export interface ReplacementFiles {
  readonly kernel: string;
  readonly initrd?: string;
  readonly append?: string;
}

/** Reads and checks them; throws a `UserError` for the first that is wrong. */
export function replacementOf({ kernel, initrd, append }: ReplacementFiles): CellImages {
  return {
    kernel: readKernel({ path: kernel, role: 'replace' }),
    ...(initrd === undefined ? {} : { initrd: readInitrd({ path: initrd, role: 'replace' }) }),
    ...(append === undefined ? {} : { append }),
    loads: [],
  };
}
