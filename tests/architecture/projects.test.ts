import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../resources/build/targets.ts';

// A test file outside of every project of vitest.config.ts would never run, and nobody would notice.
test('every test file belongs to a project', () => {
  const files = ['emulator', 'main', 'renderer', 'resources', 'tests'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(test|spec)\.[cm]?[jt]sx?$/.test(name) && !/(^|\/)(node_modules|dist|fixture)\//.test(name))
      .map((name) => `${folder}/${name}`),
  );
  const projects =
    /^((emulator|main|renderer|resources)\/.*|tests\/(support|conformance|boot|golden|architecture|bench|debugger|e2e|show)\/.*)\.test\.ts$/;
  expect(files.filter((file) => !projects.test(file))).toEqual([]);
});
