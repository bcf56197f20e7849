/**
 * `npm run new -- device|panel|event NAME`: copies a template folder. In paths and contents `__name__` becomes the name as given
 * (kebab-case), `__Name__` the same in PascalCase, `__camel__` in camelCase.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');
const targets: Record<string, { folder: string; next: string }> = {
  device: { folder: 'emulator/devices/__name__', next: 'name it in a board (resources/docs/how-to/add-a-device.md)' },
  panel: { folder: 'renderer/features/__name__', next: 'it is found by its folder (resources/docs/how-to/add-a-panel.md)' },
  event: { folder: 'emulator/trace/events', next: 'add its rows' },
};

const [kind = '', name = ''] = process.argv.slice(2);
const target = Object.hasOwn(targets, kind) ? targets[kind] : undefined;
if (!target || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
  console.error('usage: npm run new -- device|panel|event NAME   (NAME in kebab-case)');
  process.exit(2);
}

const pascal = name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
const fill = (text: string) =>
  text
    .replaceAll('__name__', name)
    .replaceAll('__Name__', pascal)
    .replaceAll('__camel__', pascal[0]!.toLowerCase() + pascal.slice(1));

const from = join(import.meta.dirname, kind);
const to = join(root, fill(target.folder));
const copies = readdirSync(from, { recursive: true, encoding: 'utf8' })
  .filter((path) => statSync(join(from, path)).isFile())
  .map((path) => ({ source: join(from, path), goal: join(to, fill(path).replace(/\.template$/, '')) }));
const taken = copies.filter(({ goal }) => existsSync(goal));
if (taken.length > 0) {
  console.error(`${taken.map(({ goal }) => relative(root, goal)).join(', ')}: exists already; nothing was written`);
  process.exit(2);
}
for (const { source, goal } of copies) {
  mkdirSync(dirname(goal), { recursive: true });
  writeFileSync(goal, fill(readFileSync(source, 'utf8')));
  console.log(relative(root, goal));
}
console.log(`next: ${target.next}`);
