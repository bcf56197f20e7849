import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../resources/build/targets.ts';

/**
 * Where images of other people's systems lie, a folder with a `run.json` each. They are not part of the project: POCKETVISOR_IMAGES says
 * where, else they may be beside the checkout.
 */
const folder = process.env['POCKETVISOR_IMAGES'] ?? join(root, '../shared/guests/images');

/** The folder of an image; `undefined` where it is not here. */
export function imageFolder(name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(join(path, 'run.json')) ? path : undefined;
}
