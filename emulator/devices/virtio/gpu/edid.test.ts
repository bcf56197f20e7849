import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { needs } from '../../../../tests/support/packages.ts';
import { createEdid } from './edid.ts';

const sizes: [number, number][] = [
  [640, 480],
  [1280, 800],
  [1920, 1080],
  [1080, 2340],
  [16, 16],
  [4095, 4095],
];

test.each(sizes)('the native timing is %ix%i', (width, height) => {
  const edid = createEdid({ width, height, name: 'Screen' });
  expect(edid).toHaveLength(128);
  expect(edid.reduce((sum, byte) => (sum + byte) & 0xff, 0)).toBe(0);
  expect([edid[56]! | ((edid[58]! >> 4) << 8), edid[59]! | ((edid[61]! >> 4) << 8)]).toEqual([width, height]);
});

test.skipIf(needs('edid-decode')).each(sizes)('edid-decode finds no mistake in that of %ix%i', (width, height) => {
  const { stdout } = spawnSync('edid-decode', ['--check'], {
    input: createEdid({ width, height, name: 'Screen' }),
    encoding: 'latin1',
  });
  expect(stdout).toMatch(new RegExp(`DTD 1: +${width}x${height} `));
  expect(stdout).toMatch(/^EDID conformity: PASS$/m);
  expect(stdout).not.toMatch(/Failures:/);
});
