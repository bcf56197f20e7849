import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { userFolders } from '../folders.ts';
import { productRoot } from '../product.ts';

/**
 * Where fetched guests lie: POCKETVISOR_GUESTS, else `.cache/guests` of a checkout, else the user's cache folder (XDG). Handset files
 * reach it as `guest:NAME`.
 */
export function guestsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment['POCKETVISOR_GUESTS'];
  if (named) return resolve(named);
  if (existsSync(join(productRoot, 'tests/run-tests.ts'))) return join(productRoot, '.cache/guests');
  return join(userFolders(environment).cache, 'guests');
}
