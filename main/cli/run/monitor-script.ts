/** `--monitor-script`: a line of the monitor each, `@10ms info registers` at a virtual time, others when the run has ended; # begins a comment. */
import { readFileSync } from 'node:fs';
import { parseLine } from '../../../emulator/debug/monitor/monitor.ts';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { Script } from '../../../emulator/machine/types.ts';
import { parseDuration } from '../../services/handset/units.ts';

export type MonitorScript = NonNullable<Script['monitor']>;

/** Reads and checks a file; throws a `UserError` with the place of the first mistake. */
export function readMonitorScript(path: string): MonitorScript {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError('missing-file', `--monitor-script ${path}: ${code === 'ENOENT' ? 'there is no such file' : message}`);
  }
  return parseMonitorScript(text, path);
}

/** `file` is for messages. */
export function parseMonitorScript(text: string, file: string): MonitorScript {
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
      if (!parseLine(command)) throw new UserError('no-command', 'there is no command behind the time');
    } catch (error) {
      if (error instanceof UserError)
        throw new UserError(error.code, error.message, { place, ...(error.hint ? { hint: error.hint } : {}) });
      throw error;
    }
    return [{ line: command, ...(atNs === undefined ? {} : { atNs }) }];
  });
}
