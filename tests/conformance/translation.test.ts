/** Random tables and controls of both stages: what AT leaves, against a model of the manual that shares nothing with the runtime. */
import { expect, test } from 'vitest';
import { full } from '../support/packages.ts';
import { Bench } from './support/bench.ts';
import { createRandomCase, type RandomCase } from './translation/cases.ts';
import { answer, type Answer } from './translation/model.ts';

const SETS = full ? 100_000 : 10_000;
/** Of all answers: at least these shares must be addresses, faults of each stage, and faults on walks, or the cases are no good. */
const LEAST = { address: 0.1, first: 0.1, second: 0.05, walk: 0.05, abort: 0.002 };
const ESR_STATUS = 0x3fn;

type AddressTranslate = (cpu: number, va: bigint, kind: number, pc: bigint) => number;

/** What our machine leaves in the same case. */
function ours(bench: Bench, { registers, question }: RandomCase): Answer {
  const { core } = bench;
  for (const [name, value] of Object.entries(registers)) core.set64(name, value as bigint);
  const kind = (question.regime << 3) | (question.both ? 4 : 0) | (question.user ? 2 : 0) | (question.write ? 1 : 0);
  const translate = (bench.runtime as unknown as { addressTranslate: AddressTranslate }).addressTranslate;
  core.set32('EL', 2);
  const left = translate(core.pointer, question.va, kind, 0x4000_0000n);
  return left === 0 ? { par: core.get64('PAR_EL1') } : { abort: Number(core.get64('ESR_EL2') & ESR_STATUS) };
}

function kindOf(result: Answer): keyof typeof LEAST {
  if ('abort' in result) return 'abort';
  if ((result.par & 1n) === 0n) return 'address';
  return (result.par & 0x100n) !== 0n ? 'walk' : (result.par & 0x200n) !== 0n ? 'second' : 'first';
}

test(`AT at EL2 in ${SETS} sets of random tables`, () => {
  const bench = new Bench();
  bench.core.reset(new BigUint64Array(64).fill(0x200n, 32, 33), 0n, 1, 2);
  const seen = { address: 0, first: 0, second: 0, walk: 0, abort: 0 };
  for (let seed = 1; seed <= SETS; seed++) {
    const one = createRandomCase(bench, seed);
    const wanted = answer(one.model, one.registers, one.question);
    seen[kindOf(wanted)]++;
    const got = ours(bench, one);
    one.forget();
    if (JSON.stringify(got, hex) !== JSON.stringify(wanted, hex))
      expect({ seed, ...one.question, ...got }).toEqual({ seed, ...one.question, ...wanted });
  }
  for (const [kind, share] of Object.entries(LEAST)) expect(seen[kind as keyof typeof LEAST] / SETS, kind).toBeGreaterThan(share);
});

const hex = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString(16) : value);
