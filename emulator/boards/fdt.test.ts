import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cells64, node, readFdt, writeFdt, type TreeNode } from './fdt.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9,._+-]{0,12}$/);
const tree = fc.letrec<{ tree: TreeNode }>((tie) => ({
  tree: fc.record({
    name,
    properties: fc.array(fc.tuple(name, fc.uint8Array({ maxLength: 9 })), { maxLength: 4 }).map((list) => new Map(list)),
    children: fc.oneof({ maxDepth: 3 }, fc.constant<TreeNode[]>([]), fc.array(tie('tree'), { maxLength: 3 })),
  }),
})).tree;

test('what is written is read back', () => {
  fc.assert(
    fc.property(tree, (any) => {
      const root = { ...any, name: '' };
      expect(readFdt(writeFdt(root))).toEqual(root);
    }),
  );
});

test('writes strings, cells and flags', () => {
  const { properties } = node('n', {
    text: 'ab',
    list: ['a', 'b'],
    cell: 1,
    cells: cells64(0x1_0000_0002),
    flag: true,
    not: undefined,
  });
  expect(Object.fromEntries(properties)).toEqual({
    text: Uint8Array.of(0x61, 0x62, 0),
    list: Uint8Array.of(0x61, 0, 0x62, 0),
    cell: Uint8Array.of(0, 0, 0, 1),
    cells: Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2),
    flag: new Uint8Array(),
  });
});

test('says what is wrong with a blob, and never throws', () => {
  const blob = writeFdt(node('', { a: 'b' }, node('c', { d: 1 })));
  expect(readFdt(new Uint8Array(10))).toMatch('too short');
  expect(readFdt(new Uint8Array(100))).toMatch('does not begin');
  expect(readFdt(blob.subarray(0, blob.length - 1))).toMatch('cut off');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 8, max: blob.length - 1 }), fc.nat(255)), { maxLength: 4 }), (changes) => {
      const damaged = blob.slice();
      for (const [at, value] of changes) damaged[at] = value;
      readFdt(damaged);
    }),
  );
});
