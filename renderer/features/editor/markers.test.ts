import { expect, test } from 'vitest';
import { toMarker } from './markers.ts';

const severities = { error: 8, warning: 4 };

test('a problem is underlined at its place, with its hint', () => {
  const range = { line: 3, column: 5, endLine: 3, endColumn: 10 };
  const problem = {
    severity: 'error',
    code: 'unknown-key',
    message: 'unknown key "x"',
    hint: 'y?',
    file: 'a.yaml',
    range,
  } as const;
  expect(toMarker(problem, severities)).toEqual({
    severity: 8,
    code: 'unknown-key',
    message: 'unknown key "x"\ny?',
    startLineNumber: 3,
    startColumn: 5,
    endLineNumber: 3,
    endColumn: 10,
  });
});

test('a problem of the whole file is at its first line', () => {
  const marker = toMarker({ severity: 'warning', code: 'c', message: 'm', file: 'a.yaml' }, severities);
  expect(marker).toMatchObject({ severity: 4, message: 'm', startLineNumber: 1, startColumn: 1 });
});
