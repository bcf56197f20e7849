/**
 * `npm run new -- device|panel NAME`: copies a template folder. In paths and contents `__name__` becomes the name as given
 * (kebab-case), `__Name__` the same in PascalCase, `__camel__` in camelCase.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

interface Kind {
  readonly folder: string;
  /** What is left to do. */
  readonly next: string;
}

const kinds: Readonly<Record<string, Kind>> = {
  device: { folder: 'emulator/devices/__name__', next: 'name it in a board (resources/docs/how-to/add-a-device.md)' },
  panel: { folder: 'renderer/features/__name__', next: 'it is found by its folder (resources/docs/how-to/add-a-panel.md)' },
};

const usage = 'usage: npm run new -- device|panel NAME   (NAME in kebab-case)';

function fillFor(name: string): (text: string) => string {
  const pascal = name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
  const camel = pascal[0]!.toLowerCase() + pascal.slice(1);
  return (text) => text.replaceAll('__name__', name).replaceAll('__Name__', pascal).replaceAll('__camel__', camel);
}

/** Copies a template to where it belongs below `root`. Throws, and writes nothing, where it cannot. Answers the paths from there. */
export function copyTemplate(root: string, kind: string, name: string): { paths: string[]; next: string } {
  const found = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (!found || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw new Error(usage);
  const fill = fillFor(name);
  const from = join(import.meta.dirname, kind);
  const to = join(root, fill(found.folder));
  const copies = readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(from, path)).isFile())
    .map((path) => ({ source: join(from, path), goal: join(to, fill(path).replace(/\.template$/, '')) }));
  const paths = copies.map(({ goal }) => relative(root, goal));
  const taken = paths.filter((path) => existsSync(join(root, path)));
  if (taken.length > 0) throw new Error(`${taken.join(', ')}: exists already; nothing was written`);
  for (const { source, goal } of copies) {
    mkdirSync(dirname(goal), { recursive: true });
    writeFileSync(goal, fill(readFileSync(source, 'utf8')));
  }
  return { paths, next: found.next };
}

if (import.meta.main) {
  const [kind = '', name = ''] = process.argv.slice(2);
  try {
    const { paths, next } = copyTemplate(join(import.meta.dirname, '../..'), kind, name);
    console.log([...paths, `next: ${next}`].join('\n'));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}
