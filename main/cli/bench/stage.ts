import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { joinArchives } from '../../services/guests/cpio.ts';
import type { Staged, Workload } from './workload.ts';

/** Makes what a workload needs beside its files, in `folder`. */
export function stage(workload: Workload, folder: string): Staged {
  const { files, moreInitrd, driveMiB } = workload;
  let staged: Staged = workload;
  if (moreInitrd !== undefined && files.initrd !== undefined) {
    const initrd = join(folder, 'initrd');
    writeFileSync(initrd, joinArchives([files.initrd, moreInitrd].map((path) => readFileSync(path))));
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
