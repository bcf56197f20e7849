/** Disk images with one partition, made from files of the host without root's rights. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, openSync, closeSync, writeSync, truncateSync, writeFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packages } from '../../support/packages.ts';

export type Files = Readonly<Record<string, string>>;

const MiB = 2 ** 20;
const sectorBytes = 512;
const startBytes = MiB;
const partitionTypes = { ext4: 0x83, fat: 0x0e } as const;

/** Makes a disk of that size whose first partition has the files, by their names there. Needs e2fsprogs, or mtools. */
export function makeDisk(path: string, kind: 'ext4' | 'fat', mebibytes: number, files: Files): void {
  writeFileSync(path, '');
  truncateSync(path, mebibytes * MiB);
  const partitionBytes = mebibytes * MiB - startBytes;
  if (kind === 'ext4') fillExt4(path, partitionBytes, files);
  else fillFat(path, partitionBytes, files);
  writePartitionTable(path, partitionTypes[kind], partitionBytes);
}

function fillExt4(path: string, bytes: number, files: Files): void {
  const folder = mkdtempSync(join(dirname(path), 'files-'));
  for (const [name, source] of Object.entries(files)) copyFileSync(source, join(folder, name));
  const options = ['-q', '-F', '-d', folder, '-E', `offset=${startBytes}`];
  execFileSync(packages.e2fsprogs, [...options, path, `${bytes / 1024}k`], { stdio: 'pipe' });
  rmSync(folder, { recursive: true });
}

function fillFat(path: string, bytes: number, files: Files): void {
  const image = ['-i', `${path}@@${startBytes}`];
  execFileSync('mformat', [...image, '-T', String(bytes / sectorBytes), '-h', '16', '-s', '63', '::'], { stdio: 'pipe' });
  for (const [name, source] of Object.entries(files)) execFileSync('mcopy', [...image, source, `::${name}`], { stdio: 'pipe' });
}

/** A master boot record with one entry, without cylinders, heads and sectors. */
function writePartitionTable(path: string, type: number, bytes: number): void {
  const table = Buffer.alloc(sectorBytes);
  const entry = 446;
  table[entry + 4] = type;
  table.writeUInt32LE(startBytes / sectorBytes, entry + 8);
  table.writeUInt32LE(bytes / sectorBytes, entry + 12);
  table.writeUInt16LE(0xaa55, 510);
  const fd = openSync(path, 'r+');
  writeSync(fd, table, 0, sectorBytes, 0);
  closeSync(fd);
}
