import { constantOf } from './fold.ts';
import type { Rule } from './rewrite.ts';

/** Multiplications, divisions and remainders by powers of two as shifts and masks. */
export const strength: Rule = ({ type, node }, make) => {
  if (node.kind !== 'op') return undefined;
  const [x, y] = node.args;
  const constant = constantOf(y);
  if (!x || constant === undefined) return undefined;
  const factor = BigInt.asUintN(type === 'i64' ? 64 : 32, constant);
  if (factor < 2n || (factor & (factor - 1n)) !== 0n) return undefined;
  const shift = make.integer(type, BigInt(factor.toString(2).length - 1));
  switch (node.op) {
    case 'i32.mul':
    case 'i64.mul':
      return make.op(`${type}.shl`, x, shift);
    case 'i32.div_u':
    case 'i64.div_u':
      return make.op(`${type}.shr_u`, x, shift);
    case 'i32.rem_u':
    case 'i64.rem_u':
      return make.op(`${type}.and`, x, make.integer(type, factor - 1n));
    default:
      return undefined;
  }
};
