import { describe, expect, test } from 'vitest';
import { makeVariant, type Variant } from '../exec/cold/micro-op.ts';
import { rows } from '../isa/a64/index.ts';
import { seededRandom } from '../isa/derive/generator.ts';
import { fieldsOf, semanticFields } from '../isa/derive/insn.ts';
import { Semantics } from '../isa/derive/semantics.ts';
import { variantWords } from '../isa/derive/variants.ts';
import { Builder, concreteOperands } from './builder.ts';
import type { SlotRef, Statement, Value } from './nodes.ts';
import { type Surroundings, verify } from './verify.ts';

type Aliases = NonNullable<Surroundings['aliases']>;

const Rd = { field: 'Rd', plus: 0 };
const Rn = { field: 'Rn', plus: 0 };

/** The problems of a unit that `build` makes. */
function problemsOf(build: (b: Builder) => void, around?: Surroundings): string[] {
  const b = new Builder(concreteOperands({ Rd: 1, Rn: 2 }));
  build(b);
  return verify(b.statements, around);
}

/** Statements that the builder would refuse. */
function problemsOfRaw(make: (b: Builder, value: (v: Partial<Value> & Pick<Value, 'node'>) => Value) => Statement[]): string[] {
  const b = new Builder(concreteOperands({ Rd: 1, Rn: 2 }));
  return verify(make(b, (v) => ({ id: 1000, type: 'i32', ...v })));
}

describe('order', () => {
  test('a good unit has no problems', () => {
    const problems = problemsOf((b) => {
      const value = b.variable('i64', b.load(b.getSlot(Rn, 'sp', 'i64'), 8));
      b.if(b.getField('CF'), () => b.setVar(value, b.i64(0)));
      b.setSlot(Rd, 'write', b.getVar(value));
    });
    expect(problems).toEqual([]);
  });

  test('a value of one branch is not known behind it', () => {
    const problems = problemsOf((b) => {
      let inside: Value | undefined;
      b.if(b.getField('CF'), () => (inside = b.getField('ZF')));
      b.setField('NF', b.op('i32.eqz', inside as Value));
    });
    expect(problems).toEqual(['getField is used before it is computed']);
  });

  test('a variable must be set on every path', () => {
    const set = (b: Builder, otherwise: () => void): void => {
      const variable = { id: 0, type: 'i32' } as const;
      b.if(b.getField('CF'), () => b.setVar(variable, b.i32(1)), otherwise);
      b.setField('NF', b.getVar(variable));
    };
    expect(problemsOf((b) => set(b, () => {}))).toEqual(['a variable is read before it is set']);
    expect(problemsOf((b) => set(b, () => b.leave('resync')))).toEqual([]);
    expect(problemsOf((b) => set(b, () => {}), { outlives: ({ id }) => id === 0 })).toEqual([]);
  });

  test('nothing follows the end of an instruction', () => {
    const problems = problemsOf((b) => {
      b.if(
        b.getField('CF'),
        () => b.leave('checkpoint'),
        () => b.jump(b.i32(4)),
      );
      b.setField('NF', b.i32(0));
    });
    expect(problems).toEqual(['setField is never reached']);
  });

  test('a register that may have been written is not read again', () => {
    const build = (b: Builder): void => {
      b.setSlot(Rd, 'write', b.i64(0));
      b.setField('NF', b.getSlot(Rn, 'read', 'i32'));
    };
    expect(problemsOf(build, { aliases: () => true })).toEqual(['a register is read after a write that may be to the same one']);
    expect(problemsOf(build, { aliases: () => false })).toEqual([]);
  });
});

describe('faults', () => {
  const writeBack = (b: Builder, base: Value): void => b.setSlot(Rn, 'sp', b.op('i64.add', base, b.i64(8)));

  test('a write-back before the access', () => {
    const problems = problemsOf((b) => {
      const base = b.getSlot(Rn, 'sp', 'i64');
      writeBack(b, base);
      b.setSlot(Rd, 'write', b.load(base, 8));
    });
    expect(problems).toEqual(['load may fault after a write of a register']);
  });

  test('flags that are written on one path', () => {
    const problems = problemsOf((b) => {
      b.if(b.getField('CF'), () => b.setField('ZF', b.i32(1)));
      b.store(b.getSlot(Rn, 'sp', 'i64'), 4, b.i32(0));
    });
    expect(problems).toEqual(['store may fault after a write of ZF']);
  });

  test('an exception after a part of the instruction', () => {
    const problems = problemsOf((b) => {
      b.setField('FPSR', b.i32(0));
      b.callVoid('raise', b.cpu, b.i32(0), b.i32(0), b.pc);
      b.leave('resync');
    });
    expect(problems).toEqual(['raise may fault after a write of FPSR']);
  });

  test('a store of several registers may be done in part, and a load behind it not at all', () => {
    const stores = (b: Builder): void => {
      b.store(b.i64(0), 8, b.i64(1));
      b.store(b.i64(8), 8, b.i64(2));
    };
    expect(problemsOf(stores)).toEqual([]);
    expect(problemsOf((b) => (stores(b), b.load(b.i64(0), 8)))).toEqual(['load may fault after a write of memory']);
  });
});

describe('types', () => {
  const cases: [string, (b: Builder, value: (v: Partial<Value> & Pick<Value, 'node'>) => Value) => Statement[]][] = [
    [
      'i64.add takes (i64,i64), not (i32,i64)',
      (b, value) => [
        {
          kind: 'setSlot',
          slot: { kind: 'fixed', offset: 0 },
          value: value({ type: 'i64', node: { kind: 'op', op: 'i64.add', args: [b.i32(0), b.i64(0)] } }),
        },
      ],
    ],
    ['no field NONE[0]', (b) => [{ kind: 'setField', field: 'NONE', index: 0, value: b.i32(0) }]],
    ['no field NF[1]', (b) => [{ kind: 'setField', field: 'NF', index: 1, value: b.i32(0) }]],
    ['field NF is no i64', (b) => [{ kind: 'setField', field: 'NF', index: 0, value: b.i64(0) }]],
    ['store of 3 bytes from i32', (b) => [{ kind: 'store', va: b.i64(0), bytes: 3, info: 0, value: b.i32(0) }]],
    ['none does not exist', () => [{ kind: 'callVoid', name: 'none', args: [] }]],
    ['eret takes (i32,i64), not (i32)', (b) => [{ kind: 'callVoid', name: 'eret', args: [b.cpu] }]],
    ['jump takes (i32), not (i64)', (b) => [{ kind: 'jump', offset: b.i64(0) }]],
    ['5 is no i64', (_, value) => [{ kind: 'jumpTo', target: value({ type: 'i64', node: { kind: 'const', value: 5 } }) }]],
    [
      'i32x4.extract_lane has no lane 4',
      (b, value) => [
        {
          kind: 'setField',
          field: 'NF',
          index: 0,
          value: value({ node: { kind: 'op', op: 'i32x4.extract_lane', args: [b.v128(0n, 0n)], lane: 4 } }),
        },
      ],
    ],
    ['leave by what is no answer of a call', (b) => [{ kind: 'leave', why: { dynamic: b.i32(0) } }]],
  ];
  test.each(cases)('%s', (problem, make) => expect(problemsOfRaw(make)).toContain(problem));
});

/** Different fields of the encoding may name the same register; members of one list (`Vt`, `Vt` + 1) do not. */
function aliasesIn({ operands }: Variant): Aliases {
  const registers = new Map(operands.flatMap((operand) => (operand.kind === 'register' ? [[operand.at, operand] as const] : [])));
  const find = (slot: SlotRef) => (slot.kind === 'operand' ? registers.get(slot.at) : undefined);
  return (a, b) => {
    const [one, two] = [find(a), find(b)];
    if (!one || !two) return false;
    const sameFile = (one.role === 'vector') === (two.role === 'vector');
    return sameFile && (one.reg.field !== two.reg.field || one.reg.plus === two.reg.plus);
  };
}

describe('every row', () => {
  const over = (check: (word: number, row: (typeof rows)[number]) => string[]): string[] => {
    const random = seededRandom(1);
    return rows.flatMap((row) =>
      [...variantWords(row, random)].flatMap((word) =>
        check(word, row).map((problem) => `${row.name} ${word.toString(16)}: ${problem}`),
      ),
    );
  };

  test('makes handlers without problems', () => {
    const problems = over((word, row) => {
      const variant = makeVariant(row, fieldsOf(row, word));
      return verify(variant.statements, { aliases: aliasesIn(variant) });
    });
    expect(problems.slice(0, 20)).toEqual([]);
  });

  test('makes units of the hot tier without problems', () => {
    const problems = over((word, row) => {
      const fields = fieldsOf(row, word);
      const b = new Semantics(concreteOperands(fields));
      row.semantics(b, semanticFields(row, fields));
      return verify(b.statements);
    });
    expect(problems.slice(0, 20)).toEqual([]);
  });
});
