import { test } from 'vitest';
import { guestFile } from '../../support/guests.ts';
import { full, needs as packageMissing, type Package } from '../../support/packages.ts';
import { imageFolder } from './images.ts';

export interface Needs {
  /** Files of `pocketvisor guests fetch`. */
  guests?: readonly string[];
  packages?: readonly Package[];
  /** Folders of third-party images. */
  images?: readonly string[];
  /** Only in `npm run test:full`. */
  long?: boolean;
}

/** A test, skipped where something is missing: its name then says what. */
export function bootTest(name: string, needs: Needs, act: () => Promise<void> | void): void {
  const missing = [
    ...(needs.guests ?? []).filter((guest) => !guestFile(guest)),
    ...(needs.packages ?? []).filter((name) => packageMissing(name)),
    ...(needs.images ?? []).filter((image) => !imageFolder(image)).map((image) => `image ${image}`),
  ];
  const reason = missing.length > 0 ? ` (not here: ${missing.join(', ')})` : '';
  test.skipIf(missing.length > 0 || (needs.long === true && !full))(name + reason, act);
}
