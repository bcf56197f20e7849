import { spawnMachine, type SpawnMachine } from '../../services/machines/worker.ts';
import { optionError } from '../failure.ts';
import { runCommand } from '../run/command.ts';
import type { RunOptions } from '../run/options.ts';

export interface ScreenshotOptions extends RunOptions {
  output?: string;
}

/** `pocketvisor screenshot`: a run whose console nobody wants to see, up to a moment; answers the exit code. */
export async function screenshotCommand(
  handset: string | undefined,
  { output, ...options }: ScreenshotOptions,
  spawn: SpawnMachine = spawnMachine,
): Promise<number> {
  const file = output ?? options.screenshot;
  if (file === undefined) throw optionError('--output', 'a file is needed', '-o screen.png');
  if (options.at === undefined && options.expect === undefined) {
    throw optionError('--at', 'at which moment is not said', '--at 10s, or --expect REGEX');
  }
  const display = options.display ?? (handset === undefined ? ['virtio-gpu'] : undefined);
  return runCommand(handset, { ...options, ...(display ? { display } : {}), screenshot: file, quiet: true }, spawn);
}
