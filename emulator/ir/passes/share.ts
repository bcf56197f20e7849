import { argumentsOf, type Value } from '../nodes.ts';
import type { Rule } from './rewrite.ts';

/** A rule for one rewrite: answers the first of equal pure values. Arguments are one already, so their numbers tell. */
export function sharing(): Rule {
  const known = new Map<string, Value>();
  return (value) => {
    const key = keyOf(value);
    const found = known.get(key);
    if (!found) known.set(key, value);
    return found;
  };
}

function keyOf({ type, node }: Value): string {
  switch (node.kind) {
    case 'const':
      return `${type} ${Object.is(node.value, -0) ? '-0' : node.value}`;
    case 'v128':
      return `${node.lo} ${node.hi}`;
    case 'op':
      return `${node.op} ${node.lane} ${ids(node.args)}`;
    case 'shuffle':
      return `shuffle ${node.lanes.join()} ${ids([node.a, node.b])}`;
    case 'operand':
      return `operand ${node.at} ${node.bits}`;
    default:
      return `${node.kind} ${ids(argumentsOf(node))}`;
  }
}

const ids = (values: readonly Value[]): string => values.map(({ id }) => id).join();
