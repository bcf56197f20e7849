import { describe, expect, test } from 'vitest';
import { Builder, concreteOperands } from '../builder.ts';
import type { Value } from '../nodes.ts';
import type { Type } from '../ops.ts';
import { print } from '../print.ts';
import { dead } from './dead.ts';
import { fold } from './fold.ts';
import { identities } from './identities.ts';
import { rewrite, type Rule } from './rewrite.ts';
import { reuseReads } from './reads.ts';
import { sharing } from './share.ts';
import { strength } from './strength.ts';

const Rn = { field: 'Rn', plus: 0 };
const Rm = { field: 'Rm', plus: 0 };

function unit(build: (b: Builder) => void): Builder {
  const b = new Builder(concreteOperands({ Rn: 1, Rm: 2 }));
  build(b);
  return b;
}

/** What is left of an expression of x and y, which are read from a field each. */
function simplified(rule: Rule, type: Type, build: (b: Builder, x: Value, y: Value) => Value): string {
  const b = unit((b) => {
    const value = build(b, b.getField(type === 'i32' ? 'NF' : 'FAR_EL1'), b.getField(type === 'i32' ? 'ZF' : 'ELR_EL1'));
    b.setField(value.type === 'i32' ? 'CF' : 'PC', value);
  });
  const last = print(rewrite(b.statements, rule)).split('\n').at(-1) as string;
  return last
    .replace(/.* := /, '')
    .replaceAll('%0', 'x')
    .replaceAll('%1', 'y');
}

test('constants are folded', () => {
  const folded = (build: (b: Builder) => Value): string => simplified(fold, 'i64', build);
  expect(folded((b) => b.op('i64.add', b.i64(-1), b.i64(3)))).toBe('2');
  expect(folded((b) => b.op('i64.shr_s', b.i64(-8), b.i64(65)))).toBe('-4');
  expect(folded((b) => b.op('i64.extend_i32_u', b.op('i32.sub', b.i32(0), b.i32(1))))).toBe('0xffffffff');
  expect(folded((b) => b.op('i64.rotr', b.i64(1), b.i64(0)))).toBe('1');
  expect(folded((b) => b.op('i32.lt_s', b.i32(-1), b.i32(0)))).toBe('1');
  expect(folded((b) => b.select(b.i32(0), b.i64(1), b.i64(2)))).toBe('2');
  // These trap: whoever wrote them has to see that.
  expect(folded((b) => b.op('i64.div_u', b.i64(1), b.i64(0)))).toBe('i64.div_u(1, 0)');
});

test('identities', () => {
  const of = (build: (b: Builder, x: Value, y: Value) => Value): string => simplified(identities, 'i64', build);
  expect(of((b, x) => b.op('i64.add', b.i64(0), x))).toBe('x');
  expect(of((b, x) => b.op('i64.and', x, b.i64(0)))).toBe('0');
  expect(of((b, x) => b.op('i64.add', b.op('i64.add', x, b.i64(2)), b.i64(3)))).toBe('i64.add(x, i64.add(2, 3))');
  expect(of((b, x) => b.op('i64.xor', x, x))).toBe('0');
  expect(of((b, x) => b.op('i32.wrap_i64', b.op('i64.extend_i32_s', b.op('i32.wrap_i64', x))))).toBe('i32.wrap_i64(x)');
  expect(of((b, x, y) => b.op('i32.eqz', b.op('i64.lt_u', x, y)))).toBe('i64.ge_u(x, y)');
  expect(of((b, x, y) => b.select(b.op('i32.eqz', b.op('i32.wrap_i64', x)), x, y))).toBe('i32.wrap_i64(x) ? y : x');
  // Neither f < g nor f >= g holds for a NaN.
  const float = (b: Builder, x: Value): Value => b.op('f64.reinterpret_i64', x);
  expect(of((b, x, y) => b.op('i32.eqz', b.op('f64.lt', float(b, x), float(b, y))))).toMatch(/^i32\.eqz/);
});

test('powers of two', () => {
  const of = (build: (b: Builder, x: Value) => Value): string => simplified(strength, 'i32', build);
  expect(of((b, x) => b.op('i32.mul', x, b.i32(8)))).toBe('i32.shl(x, 3)');
  expect(of((b, x) => b.op('i32.div_u', x, b.i32(-0x8000_0000)))).toBe('i32.shr_u(x, 31)');
  expect(of((b, x) => b.op('i32.rem_u', x, b.i32(16)))).toBe('i32.and(x, 15)');
  expect(of((b, x) => b.op('i32.mul', x, b.i32(6)))).toBe('i32.mul(x, 6)');
});

test('branches that are known go away, with what follows an end', () => {
  const b = unit((b) => {
    b.if(
      b.op('i32.eq', b.i32(1), b.i32(1)),
      () => b.jump(b.i32(8)),
      () => b.setField('NF', b.i32(1)),
    );
    b.setField('ZF', b.i32(1));
  });
  expect(print(rewrite(b.statements, fold))).toBe('jump pc + 8');
});

describe('sharing', () => {
  const shared = (build: (b: Builder) => void): string => {
    const { kept, instead } = reuseReads(unit(build).statements);
    return print(rewrite(kept, sharing(), instead));
  };

  test('equal values and reads become one', () => {
    const text = shared((b) => {
      const sum = (): Value => b.op('i64.add', b.getSlot(Rn, 'read', 'i64'), b.i64(1));
      b.setField('FAR_EL1', sum());
      b.setField('ELR_EL1', sum());
    });
    expect(text).toBe(['%0 = i64 state+8', '%1 = i64.add(%0, 1)', 'FAR_EL1 := %1', 'ELR_EL1 := %1'].join('\n'));
  });

  test('what is known before both branches is known behind them, unless one changed it', () => {
    const text = shared((b) => {
      const copy = (to: string): void => b.setField(to, b.getField('CF'));
      copy('NF');
      b.if(b.getField('EL'), () => copy('SS'));
      copy('ZF');
      b.if(b.getField('EL'), () => b.setField('CF', b.i32(1)));
      copy('VF');
    });
    expect(text.match(/= CF/g)).toHaveLength(2);
  });

  test('a register that is written as a field is read again', () => {
    const text = shared((b) => {
      b.setField('FAR_EL1', b.getField('X', 1));
      b.setField('X', b.i64(0), 1);
      b.setField('ELR_EL1', b.getField('X', 1));
    });
    expect(text.match(/= X\[1\]/g)).toHaveLength(2);
  });

  test('a write to one register leaves another known, where both are', () => {
    const text = shared((b) => {
      const copy = (to: string): void => b.setField(to, b.getSlot(Rn, 'read', 'i64'));
      copy('FAR_EL1');
      b.setSlot(Rm, 'write', b.i64(0));
      copy('ELR_EL1');
      b.setSlot(Rn, 'write', b.i64(0));
      copy('VBAR_EL1');
      b.callVoid('levelChanged', b.cpu);
      copy('PAR_EL1');
    });
    expect(text.match(/= i64 state\+8/g)).toHaveLength(3);
  });
});

describe('dead code', () => {
  const left = (build: (b: Builder) => void): string => print(dead(unit(build).statements));

  test('reads without use go away, accesses of memory stay', () => {
    const text = left((b) => {
      b.getField('CF');
      b.load(b.getSlot(Rn, 'sp', 'i64'), 8);
      b.setVar({ id: 0, type: 'i32' }, b.getField('NF'));
      b.if(b.getField('ZF'), () => b.getField('VF'));
    });
    expect(text).toBe('%0 = i64 state+8\n%1 = load.8 [%0]');
  });

  test('variables that live on are kept', () => {
    const { statements } = unit((b) => [0, 1].forEach((id) => b.setVar({ id, type: 'i32' }, b.i32(id))));
    expect(print(dead(statements, ({ id }) => id === 1))).toBe('var1 := 1');
  });

  test('flags that are overwritten unseen go away', () => {
    const set = (b: Builder, value: number): void => b.setField('NF', b.i32(value));
    expect(left((b) => (set(b, 1), set(b, 0)))).toBe('NF := 0');
    expect(left((b) => (set(b, 1), b.load(b.i64(0), 4), set(b, 0)))).toMatch(/^NF := 1\n/);
    expect(left((b) => (set(b, 1), b.setField('ZF', b.getField('NF')), set(b, 0)))).toMatch(/^NF := 1\n/);
    const branches = (leaves: boolean) => (b: Builder) => {
      set(b, 1);
      b.if(b.getField('CF'), () => (leaves ? b.leave('checkpoint') : set(b, 2)));
      set(b, 0);
    };
    expect(left(branches(false))).toBe('NF := 0');
    expect(left(branches(true))).toMatch(/^NF := 1\n/);
  });
});
