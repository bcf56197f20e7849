import type { Value } from '../nodes.ts';
import { evaluate } from './integer.ts';
import type { Rule } from './rewrite.ts';

/** The value of an integer constant. */
export function constantOf(value: Value | undefined): bigint | undefined {
  if (value?.node.kind !== 'const' || (value.type !== 'i32' && value.type !== 'i64')) return undefined;
  return BigInt(value.node.value);
}

/** Computes operations on integer constants. Floating point is left alone: NaNs have bits that the host chooses. */
export const fold: Rule = ({ type, node }, make) => {
  if (node.kind === 'select') {
    const cond = constantOf(node.cond);
    return cond === undefined ? undefined : cond ? node.a : node.b;
  }
  if (node.kind !== 'op' || node.lane !== undefined) return undefined;
  const args = node.args.map(constantOf);
  if (args.includes(undefined)) return undefined;
  const result = evaluate(node.op, args as bigint[]);
  return result === undefined ? undefined : make.integer(type, result);
};
