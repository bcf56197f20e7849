import { expect, test } from 'vitest';
import { missingGuests } from './missing-guests.ts';

const missing = (line: number, column: number, endColumn: number) =>
  ({
    severity: 'error',
    code: 'missing-file',
    message: '',
    file: 'a.yaml',
    range: { line, column, endLine: line, endColumn },
  }) as const;

test('guests are told from other files that are missing', () => {
  const text = 'kernel: guest:Image-rt\ninitrd: "guest:i.gz"\ndtb: own.dtb\nbios: guest:Image-rt\n';
  const problems = [missing(1, 9, 23), missing(2, 9, 21), missing(3, 6, 13), missing(4, 7, 21)];
  expect(missingGuests(text, problems)).toEqual(['Image-rt', 'i.gz']);
});

test('other problems and those without a place are none', () => {
  const elsewhere = { severity: 'error', code: 'missing-file', message: '', file: 'a.yaml' } as const;
  expect(missingGuests('a: guest:b', [{ ...missing(1, 4, 11), code: 'bad-value' }, elsewhere, missing(9, 1, 2)])).toEqual([]);
});
