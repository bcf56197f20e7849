/** The guest resources/guests/sketch: keys, a mouse and a picture without an operating system, with one thread and with several. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guestFile } from '../../resources/guests/build.ts';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';

const folder = scratchFolder();
const options = [
  ...['--load', guestFile('sketch'), '--memory', '64M', '--display', 'ramfb', '--input', 'keyboard', '--input', 'mouse'],
  ...['--send-key', 'input devices=>h e l l o ret', '--expect', 'typed: HELLO', '--wall', '200s'],
];

test('what is typed and pressed is in a log, and a replay of it is the same run', async () => {
  const script = join(folder, 'monitor.txt');
  const log = join(folder, 'input.log');
  writeFileSync(script, '@20ms mouse_move 100 200\n@30ms mouse_button 1\n@40ms mouse_move 50 50\n');
  const first = await run(...options, '--monitor-script', script, '--record', log);
  expect(first).toMatchObject({ code: 0, report: { outcome: 'expected' } });
  expect(first.console).toContain('pressed at 100, 200');
  const replayed = await run(...options.filter((each) => !/^--send-key|=>/.test(each)), '--replay', log);
  expect(replayed.report.stateHash).toBe(first.report.stateHash);
});

test('keys reach a machine whose cores have threads', async () => {
  expect(await run(...options, '--threads', 'auto')).toMatchObject({ code: 0, report: { outcome: 'expected' } });
});
