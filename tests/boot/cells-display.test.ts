/** A handset whose cells share its display, from the command line: resources/handsets/feature.yaml. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { root } from '../../resources/build/targets.ts';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';

const folder = scratchFolder();
const handset = join(root, 'resources/handsets/feature.yaml');
const [WIDTH, HEIGHT, STRIP] = [240, 320, 24];
/** Of resources/guests/pin/pad.c and resources/guests/ui/frame.c. */
const [trusted, pad, paper] = ['0b6b3a', '101820', 'f3f0e6'];

/** Colours at these rows, close to the left edge. */
function colours(file: string, ...rows: number[]): string[] {
  const { data, width, height } = PNG.sync.read(readFileSync(file));
  expect([width, height]).toEqual([WIDTH, HEIGHT]);
  return rows.map((y) => Buffer.from(data.subarray(4 * (y * width + 1), 4 * (y * width + 1) + 3)).toString('hex'));
}

function script(...lines: string[]): string {
  const file = join(folder, 'monitor');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

const screen = (name: string): string => join(folder, `${name}.png`);
const limits = ['--timeout', '20s', '--wall', '300s'];
const unlock = ['--send-key', 'choose a PIN=>4 7 1 1 ret'];

test('the secure cell has all of the screen while it asks, then its strip above what another draws', async () => {
  const { code, console, errors } = await run(
    ...[handset, ...limits, ...unlock, '--send-key', 'pin: chosen=>1 2 3 ret', '--expect', 'ui: dials \\d+\\r?\\n'],
    ...[
      '--monitor-script',
      script(`@50ms screendump ${screen('asks')}`, `screendump ${screen('ui')} ui.gpu0`, 'switch', 'switch pin'),
    ],
    ...['--screenshot', screen('after')],
  );
  expect(code, console + errors).toBe(0);
  expect(console).toContain('ui: dials 123');
  expect(console).not.toContain('4711');
  expect(errors).toContain('ui has the screen\n');
  expect(errors).toContain('pin cannot have the screen (one of: ui)');
  expect(colours(screen('asks'), 2, STRIP + 1)).toEqual([trusted, pad]);
  expect(colours(screen('after'), 2, STRIP + 60)).toEqual([trusted, paper]);
});

test('a run is the same again, in both tiers, and so is its replay', async () => {
  const log = join(folder, 'input.log');
  const args = [handset, ...limits, '--expect', 'ui: dials'];
  const typed = [...unlock, '--send-key', 'pin: chosen=>1 2 3 ret'];
  const first = await run(...args, ...typed, '--record', log);
  const hot = await run(...args, ...typed, '--exec', 'hot');
  const again = await run(...args, '--replay', log);
  expect(first.code, first.console).toBe(0);
  expect([hot.report.stateHash, again.report.stateHash]).toEqual([first.report.stateHash, first.report.stateHash]);
});
