import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testMachine } from '../../tests/support/machine.ts';
import { Prompt } from './prompt.ts';

const SECOND = 1e9;

function after(text: string, nowNs: number): number {
  const prompt = new Prompt();
  for (const character of text) prompt.take(character.codePointAt(0)!, nowNs);
  return prompt.awaitedFromNs;
}

test.each(['login: ', '\r\nnsh> \x1b[K', 'Hit any key to stop autoboot:  2 ', 'boot\n/ # sleep 5'])(
  'somebody is awaited at once after %j',
  (text) => expect(after(text, 3 * SECOND)).toBe(0),
);

test.each(['sleeping\n', 'sleeping\r\n', 'sleeping\n\r', '/ # sleep 5\r\n'])(
  'after %j the guest goes on by itself, until it was silent for long',
  (text) => expect(after(text, 3 * SECOND)).toBe(13 * SECOND),
);

test('a guest that has not written yet is on its way', () => expect(after('', 0)).toBe(10 * SECOND));

test('idle time of a guest with a tick is skipped, but not at its prompt', () => {
  const kernel = readFileSync(new URL('../../resources/guests/hello/hello.elf', import.meta.url));
  const { machine, console } = testMachine({ config: { boot: { kernel, loads: [] } } });
  while (machine.runFor(1000, { promptUntilNs: 0 }) === 'busy');
  expect(console()).toContain('hello> ');
  const from = machine.nowNs;
  expect(machine.runFor(1000, { promptUntilNs: from })).toBe('paced');
  // Not where a tick is due: its handler would run beyond.
  while (machine.runFor(1000, { promptUntilNs: from + 1.05 * SECOND }) === 'busy');
  expect(machine.nowNs).toBe(from + 1.05 * SECOND);

  const data = 0x0900_0000;
  machine.hardware.bus.write(data, 1, 10n);
  while (machine.runFor(1000, { promptUntilNs: 0 }) === 'busy');
  expect(machine.nowNs).toBe(from + 11.05 * SECOND);
});
