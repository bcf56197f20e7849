import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const skipped = new Set(['node_modules', 'dist', '.vite', '.cache']);

/** Modification time (ms) of the newest file at or below `path`; 0 when there is nothing. */
export function newest(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  let latest = 0;
  for (const name of readdirSync(path)) {
    if (!skipped.has(name)) latest = Math.max(latest, newest(join(path, name)));
  }
  return latest;
}

/** Whether `output` (a file or a folder) is missing or older than any of `sources`. */
export function isStale(output: string, sources: readonly string[]): boolean {
  const built = statSync(output, { throwIfNoEntry: false });
  // A folder's own time moves only when entries come and go: what counts is the newest file in it.
  const builtMs = built?.isDirectory() ? newestOf(output) : (built?.mtimeMs ?? 0);
  return builtMs === 0 || sources.some((source) => newest(source) > builtMs);
}

function newestOf(folder: string): number {
  return Math.max(0, ...readdirSync(folder).map((name) => newest(join(folder, name))));
}
