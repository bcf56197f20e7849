import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { shapeOf, writeStructured } from './structure.ts';

/** Structured code as a tree. `choices[i]`: what follows when a node takes its i-th way out. */
type Code =
  | { readonly kind: 'block' | 'loop'; readonly label: number; readonly body: Code[] }
  | { readonly kind: 'branch'; readonly label: number; readonly select?: number }
  | { readonly kind: 'node'; readonly node: number; readonly choices: Code[][] }
  | { readonly kind: 'dispatch'; readonly labels: readonly number[] };

/** Writes a graph as such a tree. Node 0 dispatches. */
function structured(successors: readonly (readonly number[])[]): Code[] {
  const shape = shapeOf(successors);
  let depth = 0;
  const stack: Code[][] = [[]];
  const add = (code: Code): void => void (stack.at(-1) as Code[]).push(code);
  writeStructured(shape, {
    open: (kind) => {
      const body: Code[] = [];
      add({ kind, label: ++depth, body });
      stack.push(body);
      return depth;
    },
    close: () => {
      stack.pop();
      depth--;
    },
    branch: (label) => add({ kind: 'branch', label }),
    node: (node, _merges, go) => {
      const choices = (successors[node] as readonly number[]).map((to) => {
        const body: Code[] = [];
        stack.push(body);
        if (shape.isCut(node, to)) {
          go(0);
          body.push({ ...(body.pop() as Code & { kind: 'branch' }), select: shape.dispatched.indexOf(to) });
        } else go(to);
        stack.pop();
        return body;
      });
      add({ kind: 'node', node, choices });
    },
    dispatch: (labels) => add({ kind: 'dispatch', labels }),
  });
  return stack[0] as Code[];
}

/** Runs the code from an entry with the given choices; answers the nodes that were visited. */
function visited(code: readonly Code[], entry: number, choices: readonly number[]): number[] {
  const path: number[] = [];
  let selector = entry;
  /** The label that control leaves for, or nothing when it falls out of the end. */
  const run = (list: readonly Code[]): number | undefined => {
    for (const one of list) {
      if (one.kind === 'branch') {
        selector = one.select ?? selector;
        return one.label;
      }
      if (one.kind === 'dispatch') return one.labels[selector];
      if (one.kind === 'node') {
        path.push(one.node);
        const choice = choices[path.length - 1];
        if (choice === undefined || one.choices.length === 0) return 0;
        return run(one.choices[choice % one.choices.length] as Code[]) ?? 0;
      }
      let left = run(one.body);
      while (one.kind === 'loop' && left === one.label) left = run(one.body);
      if (left !== undefined && left !== one.label) return left;
    }
    return undefined;
  };
  run(code);
  return path;
}

function walk(successors: readonly (readonly number[])[], entry: number, choices: readonly number[]): number[] {
  const path = [(successors[0] as readonly number[])[entry] as number];
  for (const choice of choices) {
    const list = successors[path.at(-1) as number] as readonly number[];
    const to = list[choice % list.length];
    if (to === undefined) break;
    path.push(to);
  }
  return path;
}

/** Graphs of nodes 1 to `size` with up to two ways out each, and up to three entries. */
const graphs = fc.integer({ min: 1, max: 12 }).chain((size) => {
  const node = fc.integer({ min: 1, max: size });
  return fc.tuple(
    fc.uniqueArray(node, { minLength: 1, maxLength: 3 }),
    fc.array(fc.array(node, { maxLength: 2 }), { minLength: size, maxLength: size }),
  );
});

test('structured code visits the nodes of the graph in the same order', () => {
  fc.assert(
    fc.property(graphs, fc.nat(2), fc.array(fc.nat(1), { maxLength: 40 }), ([entries, nodes], nth, choices) => {
      const graph = [entries, ...nodes];
      const entry = nth % entries.length;
      expect(visited(structured(graph), entry, choices)).toEqual(walk(graph, entry, choices));
    }),
    { numRuns: 5000 },
  );
});

test('reducible graphs need no dispatcher', () => {
  // A loop in a loop, with a way out of both and a branch whose targets are equal.
  const shape = shapeOf([[1], [2], [3, 6], [4, 4], [3, 5], [2], []]);
  expect(shape.dispatched).toEqual([1]);
  expect(shape.loops.has(0)).toBe(false);
});

test('a loop with two entries goes through the dispatcher', () => {
  const shape = shapeOf([[1], [2, 3], [3], [2]]);
  expect(shape.isCut(2, 3) || shape.isCut(3, 2)).toBe(true);
  expect(shape.dispatched).toHaveLength(2);
});
