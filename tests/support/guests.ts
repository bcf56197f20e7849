import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../resources/build/targets.ts';

/** Where images of real guests lie: what `pocketvisor guests fetch` filled, or POCKETVISOR_GUESTS. */
const folder = process.env['POCKETVISOR_GUESTS'] ?? join(root, '.cache/guests');

/** The path of a guest's file, `undefined` where it is not here: `test.skipIf(!guestFile('Image-cloud'))`. */
export function guestFile(name: string): string | undefined {
  const file = join(folder, name);
  return existsSync(file) ? file : undefined;
}
