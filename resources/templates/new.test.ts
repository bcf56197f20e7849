import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as prettier from 'prettier';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Device, Line } from '../../emulator/devices/device.ts';
import { copyTemplate } from './new.ts';

let root = '';
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'pocketvisor-new-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ['device', ['emulator/devices/night-lamp/night-lamp.test.ts', 'emulator/devices/night-lamp/night-lamp.ts']],
  ['panel', ['Panel.vue', 'index.ts', 'store.ts'].map((file) => `renderer/features/night-lamp/${file}`)],
])('%s: files are named, filled and formatted', async (kind, paths) => {
  expect(copyTemplate(root, kind, 'night-lamp').paths.toSorted()).toEqual(paths);
  const style = await prettier.resolveConfig(join(import.meta.dirname, 'new.ts'));
  for (const path of paths) {
    const text = readFileSync(join(root, path), 'utf8');
    expect(text).not.toMatch(/__\w+__/);
    expect(await prettier.check(text, { ...style, filepath: path })).toBe(true);
  }
});

test('a new device drives its line and goes on from a snapshot', async () => {
  copyTemplate(root, 'device', 'lamp');
  const module = (await import(/* @vite-ignore */ join(root, 'emulator/devices/lamp/lamp.ts'))) as {
    createLamp(options: { irq: Line }): Device;
  };
  const levels: boolean[] = [];
  const create = (): Device => module.createLamp({ irq: { set: (level) => levels.push(level) } });
  const device = create();
  expect(device.kind).toBe('lamp');
  device.write(0, 4, 1);
  expect(levels).toEqual([true]);
  const copy = create();
  copy.restore(device.save());
  expect(copy.save()).toEqual(device.save());
  device.reset();
  expect(device.save()).toEqual(create().save());
});

test('nothing is written over, and names are checked', () => {
  copyTemplate(root, 'device', 'lamp');
  expect(() => copyTemplate(root, 'device', 'lamp')).toThrow('lamp.ts: exists already; nothing was written');
  for (const [kind, name] of [
    ['device', 'Lamp'],
    ['device', '../lamp'],
    ['toString', 'lamp'],
  ] as const) {
    expect(() => copyTemplate(root, kind, name)).toThrow(/^usage/);
  }
});
