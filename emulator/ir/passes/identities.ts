/** Algebraic identities of integers: what an operation with one special operand, or with the same one twice, comes to. */
import type { Value } from '../nodes.ts';
import { constantOf } from './fold.ts';
import { type Maker, type Rule, truth } from './rewrite.ts';

const commutative = new Set(['add', 'mul', 'and', 'or', 'xor', 'eq', 'ne']);
const inverse: Readonly<Record<string, string>> = {
  eq: 'ne',
  ne: 'eq',
  lt_s: 'ge_s',
  ge_s: 'lt_s',
  lt_u: 'ge_u',
  ge_u: 'lt_u',
  gt_s: 'le_s',
  le_s: 'gt_s',
  gt_u: 'le_u',
  le_u: 'gt_u',
};

/** Operations with the operand twice: of it, or of zero. */
const twice: Readonly<Record<string, 'same' | 0n | 1n>> = {
  and: 'same',
  or: 'same',
  sub: 0n,
  xor: 0n,
  eq: 1n,
  ne: 0n,
  lt_s: 0n,
  lt_u: 0n,
  gt_s: 0n,
  gt_u: 0n,
  le_s: 1n,
  le_u: 1n,
  ge_s: 1n,
  ge_u: 1n,
};

function withConstant(type: string, name: string, x: Value, c: bigint, make: Maker): Value | undefined {
  const isShift = /^(shl|shr_|rot)/.test(name);
  if (c === 0n) {
    if (isShift || ['add', 'sub', 'or', 'xor'].includes(name)) return x;
    if (name === 'and' || name === 'mul') return make.integer(x.type, 0n);
    if (name === 'eq') return make.op(`${type}.eqz`, x);
  }
  if (c === 1n && name === 'mul') return x;
  if (c === -1n && name === 'and') return x;
  if (c === -1n && name === 'or') return make.integer(x.type, -1n);
  // x + a + b, x & a & b: one constant.
  if (!['add', 'and', 'or', 'xor'].includes(name) || x.node.kind !== 'op' || x.node.op !== `${type}.${name}`) return undefined;
  const inner = constantOf(x.node.args[1]);
  if (inner === undefined) return undefined;
  return make.op(x.node.op, x.node.args[0] as Value, make.op(x.node.op, make.integer(x.type, inner), make.integer(x.type, c)));
}

function binary(op: string, x: Value, y: Value, make: Maker): Value | undefined {
  const [type, name] = op.split('.') as [string, string];
  const [left, right] = [constantOf(x), constantOf(y)];
  if (left !== undefined && right === undefined && commutative.has(name)) return make.op(op, y, x);
  if (right !== undefined) {
    const simpler = withConstant(type, name, x, right, make);
    if (simpler) return simpler;
  }
  const outcome = x === y ? twice[name] : undefined;
  if (outcome === undefined) return undefined;
  return outcome === 'same' ? x : make.integer(name === 'sub' || name === 'xor' ? x.type : 'i32', outcome);
}

function unary(op: string, x: Value, make: Maker): Value | undefined {
  if (x.node.kind !== 'op') return undefined;
  const [inner] = x.node.args as readonly [Value];
  if (op === 'i32.wrap_i64' && x.node.op.startsWith('i64.extend_i32_')) return inner;
  if (op !== 'i32.eqz') return undefined;
  const [type, name] = x.node.op.split('.') as [string, string];
  // The inverse of a comparison of numbers is none: neither holds for a NaN.
  if ((type === 'i32' || type === 'i64') && inverse[name]) return make.op(`${type}.${inverse[name]}`, ...x.node.args);
  return undefined;
}

export const identities: Rule = ({ node }, make) => {
  if (node.kind === 'select') {
    if (node.a === node.b) return node.a;
    const cond = truth(node.cond);
    if (cond.node.kind === 'op' && cond.node.op === 'i32.eqz') {
      return make.select(cond.node.args[0] as Value, node.b, node.a);
    }
    return cond === node.cond ? undefined : make.select(cond, node.a, node.b);
  }
  if (node.kind !== 'op' || !/^i(32|64)\./.test(node.op)) return undefined;
  const [x, y] = node.args;
  if (!x) return undefined;
  return y ? binary(node.op, x, y, make) : unary(node.op, x, make);
};
