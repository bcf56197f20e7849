import { expect, test } from 'vitest';
import { chord, keySequence } from './key-sequence.ts';
import { keyByDomCode, keyByName, keyCodes } from './keys.ts';

test('keys by both names', () => {
  expect(['a', 'ret', 'meta_l', 'print', 'sysrq', 'A', ''].map(keyByName)).toEqual([30, 28, 125, 99, 99, undefined, undefined]);
  expect(['KeyA', 'Enter', 'MetaLeft', 'PrintScreen', 'keya', 'Unidentified'].map(keyByDomCode)).toEqual([
    30,
    28,
    125,
    99,
    undefined,
    undefined,
  ]);
  expect(keyCodes).toEqual([...new Set(keyCodes)].sort((a, b) => a - b));
});

const shape = (text: string) =>
  keySequence(text).map(({ afterNs, action }) => [afterNs / 1e6, action.kind === 'key' && [action.key, action.down]]);

test('keys go down in order and up in the other one', () => {
  expect(shape('ctrl-alt-f1')).toEqual([
    [0, [29, true]],
    [10, [56, true]],
    [20, [59, true]],
    [30, [59, false]],
    [40, [56, false]],
    [50, [29, false]],
  ]);
  expect(shape('a  b')).toEqual([
    [0, [30, true]],
    [10, [30, false]],
    [20, [48, true]],
    [30, [48, false]],
  ]);
  expect(chord('a', 5e8).map(({ afterNs }) => afterNs)).toEqual([0, 5e8]);
});

test.each(['', 'ctrl-', 'ctrl-hyper', 'a-é'])('%j is no key', (text) => {
  expect(() => chord(text)).toThrow(/there is no key/);
});
