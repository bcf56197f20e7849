import { expect, test } from 'vitest';
import { verdictOf } from './verdict.ts';

const runs = { outcome: undefined, seenAll: true };
const awaited = { outcome: undefined, seenAll: false };
const off = { outcome: 'poweroff', seenAll: true } as const;
const late = { outcome: 'timeout', seenAll: true } as const;

test.each([
  ['nothing has happened', [runs, runs], false, undefined],
  ['one is off, which need not be on', [off, runs], false, undefined],
  ['all are off', [off, off], false, 'poweroff'],
  ['one has shown all, another not yet', [runs, awaited], true, undefined],
  ['all have shown all', [runs, off], true, 'expected'],
  ['one is off before it has shown all', [runs, { ...off, seenAll: false }], true, 'poweroff'],
  ['the time of one is over', [late, awaited], true, undefined],
  ['the time of all is over', [late, { ...late, seenAll: false }], true, 'timeout'],
  ['one cannot go on', [runs, { outcome: 'guest-fault', seenAll: false }], true, 'guest-fault'],
  [
    'what is ours is the worst',
    [
      { ...off, outcome: 'fail' },
      { ...off, outcome: 'internal' },
    ],
    false,
    'internal',
  ],
] as const)('%s', (_name, machines, isExpecting, verdict) => {
  expect(verdictOf(machines, isExpecting)).toBe(verdict);
});
