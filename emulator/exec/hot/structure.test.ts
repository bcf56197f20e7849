import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { shapeOf, writeStructured } from './structure.ts';

/** Structured code as a tree. `choices[i]`: what follows when a node takes its i-th way out. */
type Code =
  | { readonly kind: 'block' | 'loop'; readonly label: number; readonly body: Code[] }
  | { readonly kind: 'branch'; readonly label: number }
  | { readonly kind: 'node'; readonly node: number; readonly choices: Code[][] };

/** Writes a graph as such a tree; a cut edge becomes an empty choice. */
function structured(successors: readonly (readonly number[])[]): { code: Code[]; isCut: (from: number, to: number) => boolean } {
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
        if (!shape.isCut(node, to)) go(to);
        stack.pop();
        return body;
      });
      add({ kind: 'node', node, choices });
    },
  });
  return { code: stack[0] as Code[], isCut: shape.isCut };
}

/** Runs the code with the given choices; answers the nodes that were visited. */
function visited(code: readonly Code[], choices: readonly number[]): number[] {
  const path: number[] = [];
  /** The label that control leaves for, or nothing when it falls out of the end. */
  const run = (list: readonly Code[]): number | undefined => {
    for (const one of list) {
      if (one.kind === 'branch') return one.label;
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

function walk(successors: readonly (readonly number[])[], choices: readonly number[], isCut: (a: number, b: number) => boolean) {
  const path = [0];
  for (const choice of choices) {
    const node = path.at(-1) as number;
    const list = successors[node] as readonly number[];
    const to = list[choice % list.length];
    if (to === undefined || isCut(node, to)) break;
    path.push(to);
  }
  return path;
}

const graphs = fc
  .integer({ min: 1, max: 12 })
  .chain((size) => fc.array(fc.array(fc.nat(size - 1), { maxLength: 2 }), { minLength: size, maxLength: size }));

test('structured code visits the nodes of the graph in the same order', () => {
  fc.assert(
    fc.property(graphs, fc.array(fc.nat(1), { maxLength: 40 }), (graph, choices) => {
      const { code, isCut } = structured(graph);
      expect(visited(code, choices)).toEqual(walk(graph, choices, isCut));
    }),
    { numRuns: 2000 },
  );
});

test('reducible graphs lose no edge', () => {
  // A loop in a loop, with a way out of both and a branch whose targets are equal.
  const graph = [[1], [2, 5], [3, 3], [2, 4], [1], []];
  const { isCut } = shapeOf(graph);
  expect(graph.flatMap((list, from) => list.filter((to) => isCut(from, to)))).toEqual([]);
});

test('a loop with two entries loses a backward edge', () => {
  const graph = [[1, 2], [2], [1]];
  const { isCut } = shapeOf(graph);
  expect(isCut(1, 2) || isCut(2, 1)).toBe(true);
});
