/**
 * Structured control flow from a graph of blocks: WebAssembly has blocks, loops and branches outwards, no jumps. Norman Ramsey, "Beyond
 * Relooper: Recursive Translation of Unstructured Control Flow to Structured Control Flow" (ICFP 2022): the code of a block is followed,
 * inside of it, by what it dominates; a block with several forward predecessors stands behind a `block` that they leave, and one with
 * a backward predecessor in a `loop`.
 *
 * Node 0 is the dispatcher: it goes to one of its successors by a number. A backward edge to a block that does not dominate its source (an
 * irreducible loop) is cut: it leads to the dispatcher, which gets the block as a successor.
 */
export interface Shape {
  /** Position of each node in reverse postorder, -1 where it is not reached. */
  readonly order: readonly number[];
  /** Nodes that stand behind a block: with more than one forward edge to them, or chosen by the dispatcher. */
  readonly merges: ReadonlySet<number>;
  /** Nodes with a backward edge to them. */
  readonly loops: ReadonlySet<number>;
  /** The nodes that a node dominates immediately, in reverse postorder. */
  readonly children: readonly (readonly number[])[];
  /** What the dispatcher chooses from: those it was given, then the targets of cut edges. */
  readonly dispatched: readonly number[];
  isCut(from: number, to: number): boolean;
}

/** What writes the code: `go` inside of `node` says where control goes next, and writes what stands there. */
export interface Sink {
  /** Opens a block or a loop; answers what `branch` takes to leave the block or to repeat the loop. */
  open(kind: 'block' | 'loop'): number;
  close(): void;
  branch(label: number): void;
  /** Writes a node; every path through it must end by one `go`, or leave. `merges`: others come here as well. */
  node(node: number, merges: boolean, go: (to: number) => void): void;
  /** Writes the choice among several: the labels of `dispatched`. */
  dispatch(labels: readonly number[]): void;
}

/** Analyses a graph; the successors of node 0 are what it dispatches to. */
export function shapeOf(successors: readonly (readonly number[])[]): Shape {
  const edges = successors.map((list) => [...list]);
  const dispatched = edges[0] as number[];
  const cut = new Set<string>();
  for (;;) {
    const order = reversePostorder(edges);
    const dominators = dominatorsOf(edges, order);
    const isBackward = (from: number, to: number): boolean => (order[to] as number) <= (order[from] as number);
    const forward = successors.map(() => 0);
    const loops = new Set<number>();
    const irreducible: [number, number][] = [];
    edges.forEach((list, from) => {
      if (order[from] === -1) return;
      for (const to of list) {
        if (!isBackward(from, to)) (forward[to] as number)++;
        else if (dominates(dominators, to, from)) loops.add(to);
        else irreducible.push([from, to]);
      }
    });
    for (const [from, to] of irreducible) {
      cut.add(`${from},${to}`);
      edges[from] = (edges[from] as number[]).filter((other) => other !== to);
      (edges[from] as number[]).push(0);
      if (!dispatched.includes(to)) dispatched.push(to);
    }
    if (irreducible.length > 0) continue;
    const children: number[][] = successors.map(() => []);
    const sorted = successors.map((_, node) => node).filter((node) => order[node] !== -1);
    sorted.sort((a, b) => (order[a] as number) - (order[b] as number));
    for (const node of sorted.slice(1)) (children[dominators[node] as number] as number[]).push(node);
    const merges = new Set(sorted.filter((node) => (forward[node] as number) > 1));
    if (dispatched.length > 1) for (const node of dispatched) merges.add(node);
    return { order, merges, loops, children, dispatched, isCut: (from, to) => cut.has(`${from},${to}`) };
  }
}
function reversePostorder(edges: readonly (readonly number[])[]): number[] {
  const order = edges.map(() => -1);
  const seen = new Set([0]);
  const post: number[] = [];
  const stack: { node: number; next: number }[] = [{ node: 0, next: 0 }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const to = (edges[top.node] as readonly number[])[top.next++];
    if (to === undefined) {
      post.push(top.node);
      stack.pop();
    } else if (!seen.has(to)) {
      seen.add(to);
      stack.push({ node: to, next: 0 });
    }
  }
  post.reverse().forEach((node, position) => (order[node] = position));
  return order;
}

/** Immediate dominators (Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm"). The entry is its own. */
function dominatorsOf(edges: readonly (readonly number[])[], order: readonly number[]): number[] {
  const predecessors: number[][] = edges.map(() => []);
  edges.forEach((list, from) => {
    if (order[from] !== -1) for (const to of list) (predecessors[to] as number[]).push(from);
  });
  const sorted = edges.map((_, node) => node).filter((node) => (order[node] as number) > 0);
  sorted.sort((a, b) => (order[a] as number) - (order[b] as number));
  const dominators = edges.map(() => -1);
  dominators[0] = 0;
  const meet = (a: number, b: number): number => {
    while (a !== b) {
      while ((order[a] as number) > (order[b] as number)) a = dominators[a] as number;
      while ((order[b] as number) > (order[a] as number)) b = dominators[b] as number;
    }
    return a;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const node of sorted) {
      const known = (predecessors[node] as number[]).filter((from) => dominators[from] !== -1);
      const found = known.reduce(meet);
      changed ||= dominators[node] !== found;
      dominators[node] = found;
    }
  }
  return dominators;
}

function dominates(dominators: readonly number[], over: number, node: number): boolean {
  while (node !== over && node !== 0) node = dominators[node] as number;
  return node === over;
}

/** Writes the graph of a shape to the sink. */
export function writeStructured(shape: Shape, sink: Sink): void {
  const labels = new Map<number, number>();
  const labelOf = (node: number): number => labels.get(node) as number;
  const tree = (node: number): void => {
    const within = (shape.children[node] as readonly number[]).filter((child) => shape.merges.has(child));
    if (!shape.loops.has(node)) return inside(node, within);
    labels.set(node, sink.open('loop'));
    inside(node, within);
    sink.close();
  };
  // The last of the merges stands outermost.
  const inside = (node: number, within: readonly number[]): void => {
    const last = within.at(-1);
    if (last !== undefined) {
      labels.set(last, sink.open('block'));
      inside(node, within.slice(0, -1));
      sink.close();
      tree(last);
      return;
    }
    const go = (to: number): void => {
      const isBackward = (shape.order[to] as number) <= (shape.order[node] as number);
      if (isBackward || shape.merges.has(to)) sink.branch(labelOf(to));
      else tree(to);
    };
    if (node !== 0) sink.node(node, shape.merges.has(node) || shape.loops.has(node), go);
    else if (shape.dispatched.length === 1) go(shape.dispatched[0] as number);
    else sink.dispatch(shape.dispatched.map(labelOf));
  };
  tree(0);
}
