import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ConsoleSink } from './consoles.ts';
import { SharedOutput } from './shared-output.ts';

let text = '';
let consoles: ConsoleSink[];
const write = (console: number, bytes: string): void => consoles[console]!.write(Buffer.from(bytes, 'latin1'));

beforeEach(() => {
  vi.useFakeTimers();
  text = '';
  const output = { write: (bytes: Uint8Array) => (text += Buffer.from(bytes).toString('latin1')), midLine: false, close() {} };
  const shared = new SharedOutput(output, ['one', 'other']);
  consoles = ['one', 'other'].map((name) => shared.sink(name));
});
afterEach(() => void vi.useRealTimers());

test('no line is cut by another', () => {
  write(0, 'NET: prov');
  write(1, 'hello\r\nwor');
  write(0, 'isioning\r\n');
  write(1, 'ld\r\n');
  expect(text).toBe('other | hello\r\none   | NET: provisioning\r\nother | world\r\n');
});

test('a prompt is shown once its console is quiet, and what is typed there goes on behind it', () => {
  write(0, '/ # ');
  expect(text).toBe('');
  vi.advanceTimersByTime(200);
  expect(text).toBe('one   | / # ');
  write(0, 'l');
  write(0, 's\r\nbin\r\n');
  expect(text).toBe('one   | / # ls\r\none   | bin\r\n');
});

test('where another wrote behind a prompt, its line is written anew', () => {
  write(0, '/ # ');
  vi.advanceTimersByTime(200);
  write(1, 'tick\r\n');
  write(0, 'ls');
  vi.advanceTimersByTime(200);
  write(0, ' -l\r\n');
  expect(text).toBe('one   | / # \r\nother | tick\r\none   | / # ls -l\r\n');
  write(0, '/ # ');
  vi.advanceTimersByTime(200);
  write(1, 'tock\r\n');
  const before = text;
  consoles[0]!.close();
  expect(text).toBe(before);
});

test('the end shows what is held', () => {
  write(0, 'one');
  write(1, 'two');
  for (const console of consoles) console.close();
  expect(text).toBe('one   | one\r\nother | two');
});

test('a line without an end is shown all the same', () => {
  write(0, 'x'.repeat(5000));
  write(0, 'y');
  expect(text).toBe(`one   | ${'x'.repeat(5000)}y`);
});
