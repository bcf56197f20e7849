/** Which parts of a machine's linear memory have pages of the host. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { memoryMap } from '../../../emulator/state/memory-map.ts';

const PAGE = 4096;
const ADDRESSES = 2 ** 32;

/** MiB that the soft TLBs of the machine of this process take; NaN where the system does not tell (proc_pid_pagemap(5)) or has several such memories. */
export function residentSoftTlb(): number {
  const found = [...maps().matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm)].filter(
    ([, from = '', to = '']) => Number.parseInt(to, 16) - Number.parseInt(from, 16) >= ADDRESSES,
  );
  const base = Number.parseInt(found[0]?.[1] ?? '', 16);
  if (found.length !== 1) return NaN;
  return residentMiB(base + memoryMap.TLB_BASE, base + memoryMap.TLB_EMPTY);
}

function maps(): string {
  try {
    return readFileSync('/proc/self/maps', 'latin1');
  } catch {
    return '';
  }
}

function residentMiB(from: number, to: number): number {
  const entries = new BigUint64Array((to - from) / PAGE);
  const file = openSync('/proc/self/pagemap', 'r');
  readSync(file, entries, 0, entries.byteLength, (from / PAGE) * 8);
  closeSync(file);
  // Bit 63: the page is present.
  return (entries.filter((entry) => entry >> 63n !== 0n).length * PAGE) / 2 ** 20;
}
