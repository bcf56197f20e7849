import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceCell } from '../../../emulator/machine/cells/build.ts';
import type { CellImages } from '../../../emulator/machine/types.ts';
import { root } from '../../../resources/build/targets.ts';
import type { RunningHandset } from '../support/handset.ts';

const image = (file: string): Uint8Array => new Uint8Array(readFileSync(join(root, 'resources/guests', file)));

/** What comes into hello's cell, one after the other, and what shows that it is there. */
export const replacements: readonly { readonly images: CellImages; readonly sign: RegExp }[] = [
  { images: { kernel: image('seam/seam.img'), append: 'sleep 50', loads: [] }, sign: /seam: done/ },
  { images: { kernel: image('hello/hello.img'), loads: [] }, sign: /hello> / },
];

export interface Replaced {
  /** Of them, those that came up. */
  readonly up: number;
  /** From the command to the sign, the longest. */
  readonly longestNs: number;
  /** Frames of the radio in all that time, and those of them that were missed or late. */
  readonly frames: number;
  readonly missed: number;
  /** Numbers that Linux was to write in that time, one after the other, and those that are not there in their order. */
  readonly lines: number;
  readonly linesLost: number;
}

const LINES = 40;
/** What has come runs for so long at least. */
const GO_ON_NS = 50e6;

/** Replaces what is in the cell `hello` again and again, beside a modem that must keep its frames, and a Linux that counts. */
export function replaceLive(run: RunningHandset): Replaced {
  const hasLinux = 'linux' in run.consoles;
  const before = framesOf(run);
  const from = run.consoles['linux']?.length ?? 0;
  if (hasLinux)
    run.type('linux', `for i in $(seq 1 ${LINES}); do seq 1 100 | sha256sum >/tmp/sum; echo n $i; done; echo OV\\ER\n`);
  let up = 0;
  let longestNs = 0;
  for (const { images, sign } of replacements) {
    const start = run.consoles['hello']!.length;
    const startNs = run.machine.nowNs;
    replaceCell(run.machine.hardware.hosted!, 'hello', images);
    if (run.wait('hello', sign, 1e9, start)) up++;
    longestNs = Math.max(longestNs, run.machine.nowNs - startNs);
    run.runTo(run.machine.nowNs + GO_ON_NS);
  }
  if (hasLinux) run.wait('linux', /OVER/, 5e9, from);
  const numbers = [...(run.consoles['linux'] ?? '').slice(from).matchAll(/^n (\d+)\r?$/gm)].map(([, digits]) => Number(digits));
  const after = framesOf(run);
  return {
    ...{ up, longestNs },
    ...{ frames: after.events - before.events, missed: after.missed - before.missed },
    lines: hasLinux ? LINES : 0,
    linesLost: hasLinux ? LINES - numbers.filter((number, at) => number === at + 1).length : 0,
  };
}

function framesOf({ machine }: RunningHandset): { events: number; missed: number } {
  const sources = Object.values(machine.hardware.radio!.statistics().sources);
  const sum = (count: (source: (typeof sources)[number]) => number): number =>
    sources.reduce((total, source) => total + count(source), 0);
  return { events: sum(({ events }) => events), missed: sum(({ missed, late }) => missed + late) };
}
