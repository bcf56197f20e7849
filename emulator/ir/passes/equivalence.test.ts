/** Laws of the passes: a unit does the same before and after, and stays free of problems. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { handlerModule } from '../../exec/cold/handler.ts';
import { makeVariant } from '../../exec/cold/micro-op.ts';
import { rows } from '../../isa/a64/index.ts';
import { seededRandom } from '../../isa/derive/generator.ts';
import { fieldsOf } from '../../isa/derive/insn.ts';
import { variantWords } from '../../isa/derive/variants.ts';
import { offsetOf } from '../../state/layout.ts';
import { Builder, concreteOperands } from '../builder.ts';
import type { Statement, Value } from '../nodes.ts';
import { type Op, ops } from '../ops.ts';
import { verify } from '../verify.ts';
import { optimize } from './index.ts';
import { evaluate } from './integer.ts';

const memory = new WebAssembly.Memory({ initial: 65536, maximum: 65536, shared: true });
const registers = new BigInt64Array(memory.buffer, 0, 4);
const STATE_BYTES = 0x1000;

/** The state after a unit has run on it. */
function run(statements: readonly Statement[], inputs: readonly bigint[]): string {
  const state = new Uint8Array(memory.buffer, 0, STATE_BYTES);
  state.fill(0);
  inputs.forEach((input, i) => (registers[i] = input));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(handlerModule(statements).slice()), { env: { memory } });
  (exports['handler'] as (cpu: number, microOp: number, pc: bigint) => number)(0, 0x8000, 0x1000n);
  return Buffer.from(state).toString('hex');
}

/** Integer operations that do not trap. Division is tried with constants alone. */
const integerOps = [...ops.values()].filter(
  ({ name, args }) => /^i(32|64)\./.test(name) && args.every((type) => /^i(32|64)$/.test(type)) && !/div|rem|lane/.test(name),
);
const edges = [0n, 1n, -1n, 2n, 8n, 31n, 32n, 63n, 0x7fff_ffffn, -0x8000_0000n, 1n << 63n, 0xffff_ffffn];
const integer = fc.oneof(fc.constantFrom(...edges), fc.bigInt(-(1n << 63n), (1n << 63n) - 1n));

/** One step of a unit that grows: makes a value of earlier ones, or does something with one. */
type Step =
  | { readonly kind: 'op'; readonly op: Op; readonly picks: readonly number[] }
  | { readonly kind: 'divide'; readonly name: string; readonly pick: number; readonly by: number }
  | { readonly kind: 'const'; readonly value: bigint }
  | { readonly kind: 'select' | 'write' | 'branch'; readonly picks: readonly number[] };
const pick = fc.nat(1000);
const picks = fc.tuple(pick, pick, pick);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('op'), op: fc.constantFrom(...integerOps), picks }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('divide'),
      name: fc.constantFrom('div_u', 'rem_u', 'mul'),
      pick,
      by: fc.constantFrom(1, 2, 6, 64),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('const'), value: integer }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('select', 'write', 'branch'), picks }) },
);

function build(steps: readonly Step[]): Statement[] {
  const b = new Builder(concreteOperands({}));
  const slot = (n: number): number => n % 4;
  const read = (n: number): Value => b.getField('X', slot(n));
  const values: Value[] = [read(0), read(1), b.op('i32.wrap_i64', read(2))];
  const any = (type: 'i32' | 'i64', n: number): Value => {
    const value = values[n % values.length] as Value;
    if (value.type === type) return value;
    return b.op(type === 'i32' ? 'i32.wrap_i64' : 'i64.extend_i32_u', value);
  };
  for (const s of steps) {
    if (s.kind === 'op') values.push(b.op(s.op.name, ...s.op.args.map((type, i) => any(type as 'i32', s.picks[i] as number))));
    else if (s.kind === 'divide') values.push(b.op(`i64.${s.name}`, any('i64', s.pick), b.i64(s.by)));
    else if (s.kind === 'const') values.push(b.i64(s.value), b.i32(Number(BigInt.asIntN(32, s.value))));
    else {
      const [x, y, z] = s.picks as [number, number, number];
      if (s.kind === 'select') values.push(b.select(any('i32', x), any('i64', y), any('i64', z)));
      else if (s.kind === 'write') b.setField(['NF', 'ZF', 'CF', 'VF'][slot(x)] as string, any('i32', y));
      else {
        b.if(
          any('i32', x),
          () => b.setField('X', any('i64', y), slot(z)),
          () => b.setField('X', b.op('i64.add', read(x), any('i64', z)), slot(x)),
        );
        values.push(read(z));
      }
    }
  }
  values.forEach((value, i) => b.setField('ID', value.type === 'i32' ? b.op('i64.extend_i32_u', value) : value, i % 64));
  return b.statements;
}

test('a random unit leaves the same state', () => {
  expect(STATE_BYTES).toBeGreaterThan(offsetOf('ID', 64));
  const inputs = fc.array(integer, { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), inputs, (steps, values) => {
      const statements = build(steps);
      const better = optimize(statements);
      expect(verify(better)).toEqual(verify(statements));
      expect(run(better, values)).toEqual(run(statements, values));
    }),
    { numRuns: 300 },
  );
});

test('constants are folded to what WebAssembly computes', () => {
  const b = new Builder(concreteOperands({}));
  const wanted: { name: string; args: bigint[] }[] = [];
  const constant = (type: string, value: bigint): Value =>
    type === 'i32' ? b.i32(Number(BigInt.asIntN(32, value))) : b.i64(value);
  for (const { name, args, result } of integerOps) {
    const pairs = args.length === 1 ? edges.map((x) => [x]) : edges.flatMap((x) => edges.map((y) => [x, y]));
    for (const values of pairs) {
      const value = b.op(name, ...args.map((type, i) => constant(type, values[i] as bigint)));
      b.hostStore(b.i32(0x10000 + wanted.length * 8), 8, result === 'i32' ? b.op('i64.extend_i32_u', value) : value);
      wanted.push({ name, args: values });
    }
  }
  run(b.statements, []);
  const results = new BigUint64Array(memory.buffer, 0x10000, wanted.length);
  const wrong = wanted.filter(({ name, args }, i) => {
    const folded = evaluate(name, args);
    return folded === undefined || BigInt.asUintN(ops.get(name)?.result === 'i32' ? 32 : 64, folded) !== results[i];
  });
  expect(wrong).toEqual([]);
});

test('handlers of all rows stay free of problems, and become no longer', () => {
  const random = seededRandom(1);
  const problems: string[] = [];
  let [before, after] = [0, 0];
  for (const row of rows) {
    // Rows of system registers have thousands of variants, most of them UNDEFINED.
    const oneIn = /^(MRS|MSR|SYSL?)$/.test(row.name) ? 128 : 4;
    for (const word of variantWords(row, random)) {
      if (random() % oneIn !== 0) continue;
      const { statements } = makeVariant(row, fieldsOf(row, word));
      const better = optimize(statements);
      problems.push(...verify(better).map((problem) => `${row.name} ${word.toString(16)}: ${problem}`));
      before += handlerModule(statements).length;
      after += handlerModule(better).length;
    }
  }
  expect(problems).toEqual([]);
  expect(after).toBeLessThanOrEqual(before);
});
