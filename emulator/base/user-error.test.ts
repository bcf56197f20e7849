import { expect, test } from 'vitest';
import { UserError } from './user-error.ts';

test('a message is one line with its place and the next step', () => {
  const error = new UserError('unknown-key', 'unknown key "x"', { place: { file: 'a.yaml', line: 3, column: 1 }, hint: 'try y' });
  expect(error.toLine()).toBe('a.yaml:3:1: unknown key "x" (try y)');
});

test('what is quoted does nothing to a terminal, and does not fill it', () => {
  expect(new UserError('x', 'unknown command \u001b[2J\r\n\u009b', { hint: 'try help' }).toLine()).toBe(
    'unknown command \\x1b[2J\\x0d\\x0a\\x9b (try help)',
  );
  expect(new UserError('x', 'a'.repeat(5000), { hint: 'try help' }).toLine()).toBe(`${'a'.repeat(1000)} ... (try help)`);
});
