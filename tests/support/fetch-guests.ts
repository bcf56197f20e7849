import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../resources/build/targets.ts';
import { guestsFolder, listGuests } from '../../main/services/guests/index.ts';

const timeoutMs = 15 * 60_000;

/**
 * Fetches the real guests that are not here yet (once; some 150 MB of Debian's packages). Answers the names of those that still are
 * not: the tests that use them are skipped.
 */
export function fetchMissingGuests(): string[] {
  // A folder that somebody named is theirs to fill.
  if (missing().length > 0 && !process.env['POCKETVISOR_GUESTS']) {
    console.log(`tests: fetching guests: ${missing().join(' ')}`);
    const command = [join(root, 'main/cli/main.ts'), 'guests', 'fetch'];
    spawnSync(process.execPath, command, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], timeout: timeoutMs });
  }
  return missing();
}

function missing(): string[] {
  return listGuests(guestsFolder()).flatMap(({ name, bytes }) => (bytes === undefined ? [name] : []));
}
