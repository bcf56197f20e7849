/**
 * Lazy flags. What sets the flags in a region leaves its operands in variables and says by a number how NZCV follow from them; most
 * flags are overwritten before anybody looks. A condition whose setter is known becomes one comparison.
 */
import { concreteOperands } from '../../ir/builder.ts';
import type { Statement, Value, Variable } from '../../ir/nodes.ts';
import { Semantics } from '../../isa/derive/semantics.ts';

/** How the flags follow from the operands `x` and `y`. 0: the state has them. Odd numbers are of 64 bits, even ones of 32. */
export const flagKind = { memory: 0, sub64: 1, sub32: 2, add64: 3, add32: 4, logic64: 5, logic32: 6, packed: 7 } as const;

export interface FlagVariables {
  readonly kind: Variable;
  /** Operands, those of 32 bits zero-extended. `logic`: x is the result. `packed`: x is NZCV. */
  readonly x: Variable;
  readonly y: Variable;
}

/** What is known about the flags at a point of the code. `unknown`: only the variable `kind` says it. */
export type FlagState =
  | { readonly by: 'memory' | 'unknown' | 'packed' }
  | { readonly by: 'sub' | 'add' | 'logic'; readonly sf: number }
  | { readonly by: 'constant'; readonly nzcv: number }
  /** A conditional comparison: one or the other. */
  | { readonly by: 'either'; readonly chosen: Variable; readonly then: FlagState; readonly else: FlagState };

/** The four flags, when their setter is of that kind. */
interface Four {
  readonly n: Value;
  readonly z: Value;
  readonly c: Value;
  readonly v: Value;
}

function fourOf(b: Semantics, state: FlagState, { x: xVariable, y: yVariable }: FlagVariables): Four {
  if (state.by === 'packed' || state.by === 'constant') {
    const bits = state.by === 'constant' ? b.i32(state.nzcv) : b.op('i32.wrap_i64', b.getVar(xVariable));
    const bit = (n: number): Value => b.op('i32.and', b.op('i32.shr_u', bits, b.i32(n)), b.i32(1));
    return { n: bit(3), z: bit(2), c: bit(1), v: bit(0) };
  }
  if (state.by !== 'sub' && state.by !== 'add' && state.by !== 'logic') throw new Error(`flags by ${state.by}`);
  const { sf, by } = state;
  const alu = (name: string, ...args: Value[]): Value => b.alu(sf, name, ...args);
  const read = (variable: Variable): Value => (sf ? b.getVar(variable) : b.op('i32.wrap_i64', b.getVar(variable)));
  const negative = (value: Value): Value => alu('lt_s', value, b.const(sf, 0));
  const x = read(xVariable);
  if (by === 'logic') return { n: negative(x), z: alu('eqz', x), c: b.i32(0), v: b.i32(0) };
  const y = read(yVariable);
  const result = alu(by, x, y);
  const changed = by === 'add' ? alu('xor', y, result) : alu('xor', x, y);
  return {
    n: negative(result),
    z: alu('eqz', result),
    c: by === 'add' ? alu('lt_u', result, x) : alu('ge_u', x, y),
    v: negative(alu('and', changed, alu('xor', x, result))),
  };
}

/** Comparisons that the conditions after a subtraction are, by cond<3:1>; and their opposites. */
const afterSub: Readonly<Record<number, readonly [string, string]>> = {
  0: ['eq', 'ne'],
  1: ['ge_u', 'lt_u'],
  4: ['gt_u', 'le_u'],
  5: ['ge_s', 'lt_s'],
  6: ['gt_s', 'le_s'],
};
/** The same after a logical operation, against 0: C and V are 0. */
const afterLogic: Readonly<Record<number, readonly [string, string]>> = {
  0: ['eq', 'ne'],
  2: ['lt_s', 'ge_s'],
  5: ['ge_s', 'lt_s'],
  6: ['gt_s', 'le_s'],
};

/** ConditionHolds (DDI 0487 C1.2.4) as i32 0 or 1, `cond` below 14. */
export function conditionBy(b: Semantics, state: FlagState, variables: FlagVariables, cond: number): Value {
  if (state.by === 'either') {
    const [then, otherwise] = [state.then, state.else].map((part) => conditionBy(b, part, variables, cond)) as [Value, Value];
    return b.select(b.getVar(state.chosen), then, otherwise);
  }
  const known = state.by === 'sub' ? afterSub[cond >> 1] : state.by === 'logic' ? afterLogic[cond >> 1] : undefined;
  if (known && 'sf' in state) {
    const { sf } = state;
    const read = (variable: Variable): Value => (sf ? b.getVar(variable) : b.op('i32.wrap_i64', b.getVar(variable)));
    return b.alu(sf, known[cond & 1] as string, read(variables.x), state.by === 'sub' ? read(variables.y) : b.const(sf, 0));
  }
  const { n, z, c, v } = fourOf(b, state, variables);
  const choices = [z, c, n, v, b.op('i32.gt_u', c, z), b.op('i32.eq', n, v), b.op('i32.gt_u', b.op('i32.eq', n, v), z)];
  const holds = choices[cond >> 1] as Value;
  return cond & 1 ? b.op('i32.eqz', holds) : holds;
}

/** Statements that write the flags to the state, for a function with these variables as parameters. */
export function materialize(): { statements: readonly Statement[]; variables: FlagVariables } {
  const b = new Semantics(concreteOperands({}));
  const variables = {
    kind: { id: b.variableCount++, type: 'i32' },
    x: { id: b.variableCount++, type: 'i64' },
    y: { id: b.variableCount++, type: 'i64' },
  } as const;
  const kinds: readonly (readonly [kind: number, state: FlagState])[] = [
    [flagKind.sub64, { by: 'sub', sf: 1 }],
    [flagKind.sub32, { by: 'sub', sf: 0 }],
    [flagKind.logic64, { by: 'logic', sf: 1 }],
    [flagKind.logic32, { by: 'logic', sf: 0 }],
    [flagKind.add64, { by: 'add', sf: 1 }],
    [flagKind.add32, { by: 'add', sf: 0 }],
    [flagKind.packed, { by: 'packed' }],
  ];
  const write = ([first, ...others]: typeof kinds): void => {
    if (!first) return;
    b.if(
      b.op('i32.eq', b.getVar(variables.kind), b.i32(first[0])),
      () => {
        const { n, z, c, v } = fourOf(b, first[1], variables);
        b.setNzcv(n, z, c, v);
      },
      () => write(others),
    );
  };
  write(kinds);
  return { statements: b.statements, variables };
}
