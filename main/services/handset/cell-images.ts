/** What starts in a cell: its files, found and checked for what their sizes and addresses tell. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { guestsFolder } from '../guests/folder.ts';
import type { FileRef, ImagesPlan } from '../machines/plan.ts';
import type { Path } from './document.ts';
import type { Report } from './report.ts';
import { initrdsOf, type Cell } from './schema.ts';
import { formatSize } from './units.ts';

/** `guest:NAME` is a fetched guest; all else is relative to the handset file. */
export function fileAt(report: Report, value: string, role: string, path: Path): FileRef {
  const guest = /^guest:(.+)$/.exec(value)?.[1];
  const { file } = report.document;
  const resolved = guest === undefined ? resolve(dirname(file), value) : resolve(guestsFolder(), guest);
  const stat = statSync(resolved, { throwIfNoEntry: false });
  if (stat?.isDirectory()) report.error('not-a-file', `${JSON.stringify(value)} is a folder`, path, 'name a file in it');
  if (!stat) {
    const hint = guest === undefined ? `looked for ${resolved}` : `pocketvisor guests fetch ${guest}`;
    report.error('missing-file', `there is no file ${JSON.stringify(value)}`, path, hint);
  }
  const { line, column } = report.document.valueRange(path);
  return { path: resolved, role, place: { file, line, column } };
}

/** The images of a cell whose RAM lies there. */
export function imagesOf(report: Report, cell: Cell, path: Path, ram: { base: number; size: number | undefined }): ImagesPlan {
  const plan: ImagesPlan = { loads: [] };
  for (const role of ['kernel', 'dtb', 'bios'] as const) {
    const value = cell[role];
    if (value !== undefined) plan[role] = fileAt(report, value, role, [...path, role]);
  }
  const initrds = initrdsOf(cell);
  if (initrds.length > 0) plan.initrd = initrds.map(({ path: at, value }) => fileAt(report, value, 'initrd', [...path, ...at]));
  if (cell.image !== undefined) {
    const file = fileAt(report, cell.image, 'image', [...path, 'image']);
    if (plan.kernel) report.error('conflict', '"image" and "kernel" exclude each other', [...path, 'image'], 'leave one');
    else plan.kernel = file;
  }
  if (cell.append !== undefined) plan.append = cell.append;
  if (cell.entry !== undefined) plan.entry = cell.entry;
  for (const [index, { file, address }] of (cell.load ?? []).entries()) {
    const ref = fileAt(report, file, 'load', [...path, 'load', index, 'file']);
    plan.loads.push({ file: ref, ...(address === undefined ? {} : { address }) });
  }
  if (!plan.kernel && !plan.bios && plan.loads.length === 0) {
    const name = String(path.at(-1));
    report.errorAtKey('nothing-to-run', `the cell "${name}" has nothing to run`, path, 'add image:, kernel: or bios:');
  }
  checkPlaces(report, plan, [...path, 'load'], ram);
  return plan;
}

/** Raw images say where they go, so that what overlaps is known before anything is read. ELF is checked when it is. */
function checkPlaces(report: Report, { loads }: ImagesPlan, path: Path, ram: { base: number; size: number | undefined }): void {
  const placed = loads.flatMap(({ file, address }, index) => {
    const size = statSync(file.path, { throwIfNoEntry: false })?.size;
    return address === undefined || size === undefined ? [] : [{ index, from: address, to: address + size, size }];
  });
  for (const { index, from, to, size } of placed) {
    const at = [...path, index, 'address'];
    const hex = (value: number): string => `0x${value.toString(16)}`;
    const other = placed.find((one) => one.index < index && one.from < to && from < one.to);
    if (other) {
      const hint = `the other one is at ${hex(other.from)} to ${hex(other.to - 1)}`;
      report.error('overlap', `${formatSize(size)} at ${hex(from)} overlap with another image`, at, hint);
    } else if (ram.size !== undefined && (from < ram.base || to > ram.base + ram.size)) {
      const hint = `RAM is at ${hex(ram.base)} to ${hex(ram.base + ram.size - 1)}`;
      report.error('outside-memory', `${formatSize(size)} at ${hex(from)} are not all in the memory`, at, hint);
    }
  }
}
