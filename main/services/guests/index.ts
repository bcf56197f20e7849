/** Real guests for trying things: which there are, and fetching them. */
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { Guest } from '../../contract/index.ts';
import { nearest } from '../handset/suggest.ts';
import { catalog, type CatalogEntry } from './catalog.ts';
import { fetchEntries, packagesFolder, type FetchOptions } from './fetch.ts';

export { guestsFolder } from './folder.ts';
export type { FetchOptions } from './fetch.ts';

export function listGuests(folder: string): Guest[] {
  return catalog.map(({ name, description }) => {
    const path = join(folder, name);
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    return { name, description, path, ...(size === undefined ? {} : { bytes: size }) };
  });
}

/** Fetches guests by name into `folder`; none named: all that are not there yet. Throws a `UserError` for a network that is not there. */
export async function fetchGuests(names: readonly string[], options: FetchOptions): Promise<void> {
  const there = new Set(listGuests(options.folder).flatMap(({ name, bytes }) => (bytes === undefined ? [] : [name])));
  const wanted = names.length > 0 ? names.map(find) : catalog.filter(({ name }) => !there.has(name));
  if (wanted.length > 0) await fetchEntries(wanted, options);
  // Packages are kept only as long as something may still be made of them.
  if (listGuests(options.folder).every(({ bytes }) => bytes !== undefined)) {
    rmSync(join(options.folder, packagesFolder), { recursive: true, force: true });
  }
}

function find(name: string): CatalogEntry {
  const entry = catalog.find((candidate) => candidate.name === name);
  if (entry) return entry;
  const names = catalog.map((candidate) => candidate.name);
  const near = nearest(name, names);
  throw new UserError('unknown-guest', `there is no guest ${JSON.stringify(name)}`, {
    hint: near ? `did you mean ${near}?` : `one of: ${names.join(', ')}`,
  });
}
