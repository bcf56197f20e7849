/** The command line in a few files instead of hundreds: loading those one by one was most of the time to a guest's first instruction. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A source of the bundle as it was then: path from the top of the checkout, time of its last change (ms), bytes. */
export type BundledSource = readonly [path: string, changedMs: number, bytes: number];

const root = join(import.meta.dirname, '../..');

/** Where resources/build/bundle.ts puts it, and the list of what it was made from. */
export const bundleFolder = join(root, 'dist/cli');
export const sourcesFile = 'sources.json';

/** What a file is now; undefined when there is none. */
export function sourceNow(path: string, top = root): BundledSource | undefined {
  const found = statSync(join(top, path), { throwIfNoEntry: false });
  return found && [path, found.mtimeMs, found.size];
}

/** The address of a module of the bundle; undefined where there is none, or a source is not as it was: then sources run as they are. */
export function bundle(module: string, folder = bundleFolder, top = root): string | undefined {
  let sources: BundledSource[];
  try {
    sources = JSON.parse(readFileSync(join(folder, sourcesFile), 'utf8')) as BundledSource[];
  } catch {
    return undefined;
  }
  const isFresh = sources.every(([path, changedMs, bytes]) => {
    const now = sourceNow(path, top);
    return now !== undefined && now[1] === changedMs && now[2] === bytes;
  });
  return isFresh ? pathToFileURL(join(folder, `${module}.mjs`)).href : undefined;
}
