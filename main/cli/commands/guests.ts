import { resolve } from 'node:path';
import { fetchGuests, guestsFolder, listGuests } from '../../services/guests/index.ts';
import { ExitStatus } from '../failure.ts';
import { megabytes, ProgressLine } from '../progress.ts';

export interface GuestsOptions {
  dir?: string;
  json?: boolean;
}

export function guestsListCommand(options: GuestsOptions): number {
  const guests = listGuests(folderOf(options));
  if (options.json) process.stdout.write(`${JSON.stringify(guests)}\n`);
  else {
    for (const { name, description, bytes } of guests) {
      const state = bytes === undefined ? 'not fetched' : megabytes(bytes);
      process.stdout.write(`${name.padEnd(24)}${state.padEnd(13)}${description}\n`);
    }
  }
  return ExitStatus.ok;
}

/** Ctrl-C leaves what was received for the next time. */
export async function guestsFetchCommand(names: string[], options: GuestsOptions): Promise<number> {
  const folder = folderOf(options);
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.once('SIGINT', interrupt);
  const progress = new ProgressLine();
  try {
    await fetchGuests(names, {
      folder,
      signal: controller.signal,
      report: (label, done, total) => progress.show(label, done, total),
    });
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    progress.clear();
    process.stderr.write('pocketvisor: interrupted; what was received is kept\n');
    return ExitStatus.interrupted;
  } finally {
    progress.clear();
    process.off('SIGINT', interrupt);
  }
  for (const { path, bytes } of listGuests(folder)) if (bytes !== undefined) process.stdout.write(`${path}\n`);
  return ExitStatus.ok;
}

function folderOf({ dir }: GuestsOptions): string {
  return dir === undefined ? guestsFolder() : resolve(dir);
}
