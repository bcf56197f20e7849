import { expect, test } from 'vitest';
import { carryOver } from './carry-over.ts';

const original = 'name: a\nimage: ../x.elf\nmemory: 64M\n';
const copy = 'name: a\nimage: /opt/x.elf\nmemory: 64M\n';

test('changed lines of the copy stay where the person left the original', () => {
  expect(carryOver(original, copy, 'name: a\n# more\nimage: ../x.elf\nmemory: 32M\n')).toBe(
    'name: a\n# more\nimage: /opt/x.elf\nmemory: 32M\n',
  );
});

test('a line that both have changed is the person’s', () => {
  expect(carryOver(original, copy, 'name: a\nimage: ../y.elf\n')).toBe('name: a\nimage: ../y.elf\n');
});

test('nothing changes where the copy is the original', () => {
  expect(carryOver(original, original, 'anything\nelse')).toBe('anything\nelse');
});
