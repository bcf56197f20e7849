/** `--monitor-script`: a line of the monitor each, `@10ms info registers` at a virtual time, others when the run has ended; # begins a comment. */
import { readFileSync } from 'node:fs';
import { checkCellName, replacedFiles } from '../../../emulator/debug/monitor/commands/cells.ts';
import { parseLine } from '../../../emulator/debug/monitor/monitor.ts';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { MonitorLine, Script } from '../../../emulator/machine/types.ts';
import { fileReason } from '../../services/host-files.ts';
import { replacementOf } from '../../services/machines/replacement.ts';
import { parseDuration } from '../../services/handset/units.ts';
import { optionError } from '../failure.ts';

export type MonitorScript = NonNullable<Script['monitor']>;

/** Reads and checks a file; throws a `UserError` with the place of the first mistake. `cells`: those that there are. */
export function readMonitorScript(path: string, cells: readonly string[]): MonitorScript {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError('missing-file', `--monitor-script ${path}: ${fileReason(error, 'r')}`);
  }
  return parseMonitorScript(text, path, cells);
}

/** `file` is for messages. */
export function parseMonitorScript(text: string, file: string, cells: readonly string[]): MonitorScript {
  return text.split(/\r?\n/).flatMap((row, index) => {
    const line = row.trim();
    if (line === '' || line.startsWith('#')) return [];
    const place = { file, line: index + 1 };
    const [, time, command = ''] = /^(?:@(\S+)\s*)?(.*)$/s.exec(line) ?? [];
    const atNs = time === undefined ? undefined : parseDuration(time);
    if (time !== undefined && atNs === undefined) {
      throw new UserError('bad-time', `${JSON.stringify(time)} is not a time`, { place, hint: 'such as @500ms' });
    }
    try {
      const line = checkedLine(command, cells, 'there is no command behind the time');
      return [{ ...line, ...(atNs === undefined ? {} : { atNs }) }];
    } catch (error) {
      if (error instanceof UserError && !error.place)
        throw new UserError(error.code, error.message, { place, ...(error.hint ? { hint: error.hint } : {}) });
      throw error;
    }
  });
}

/** A line whose command there is, with the files that it names: they are there when it is its turn, however fast time goes. */
function checkedLine(line: string, cells: readonly string[], empty: string): MonitorLine {
  const parsed = parseLine(line);
  if (!parsed) throw new UserError('no-command', empty);
  checkCellName(parsed, cells);
  const files = replacedFiles(parsed);
  return { line, ...(files ? { images: replacementOf(files) } : {}) };
}

/** `--on`: `REGEX=>LINE`, split at the last `=>`. `pattern` checks the first, `cells` are those that there are. */
export function parseCue(
  option: string,
  cells: readonly string[],
  pattern: (text: string) => string,
): MonitorLine & { pattern: string } {
  const at = option.lastIndexOf('=>');
  if (at < 0) throw optionError('--on', `${JSON.stringify(option)} has no =>`, "--on 'login:=>cell linux pause'");
  try {
    return {
      pattern: pattern(option.slice(0, at)),
      ...checkedLine(option.slice(at + 2).trim(), cells, 'there is no command behind =>'),
    };
  } catch (error) {
    if (error instanceof UserError && !error.place && error.code !== 'bad-option')
      throw optionError('--on', error.message, error.hint);
    throw error;
  }
}
