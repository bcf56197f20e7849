import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Staged, Workload } from './workload.ts';

/** Makes what a workload needs beside its files, in `folder`. */
export function stage(workload: Workload, folder: string): Staged {
  const { files, moreInitrd, driveMiB } = workload;
  let staged: Staged = workload;
  if (moreInitrd !== undefined && files.initrd !== undefined) {
    const initrd = join(folder, 'initrd');
    writeFileSync(initrd, Buffer.concat([files.initrd, moreInitrd].map((path) => padded(readFileSync(path)))));
    staged = { ...staged, files: { ...files, initrd } };
  }
  if (driveMiB !== undefined) {
    const drive = join(folder, 'drive');
    writeFileSync(drive, '');
    truncateSync(drive, driveMiB << 20);
    staged = { ...staged, drive };
  }
  return staged;
}

/** Each archive begins at a multiple of 4 bytes. */
function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
