/** Runs rows against the oracle and says what differs. */
import { rows as allRows } from '../../../emulator/isa/a64/index.ts';
import { makeDecoder } from '../../../emulator/isa/derive/decoder.ts';
import { makeDisassembler } from '../../../emulator/isa/derive/disassembler.ts';
import type { Row } from '../../../emulator/isa/derive/insn.ts';
import { makeCases, makePrograms, type RowCase } from './cases.ts';
import { compare, type Difference } from './compare.ts';
import { askOracle, type Cpu } from './oracle.ts';
import { Ours, type Tier } from './ours.ts';
import { Random, randomImage } from './random.ts';
import { type Case, namedParts } from './record.ts';
import { reduce } from './reduce.ts';

export interface Failure {
  readonly one: RowCase;
  readonly differences: readonly Difference[];
}

export interface Result {
  readonly cases: number;
  readonly failures: readonly Failure[];
  readonly perRow: ReadonlyMap<Row, number>;
  /** Share of the instructions that ran in regions of the hot tier, by tier. */
  readonly hotShare: Readonly<Partial<Record<Tier, number>>>;
}

export interface Options {
  readonly seed: number;
  /** Cases of each row, or programs. */
  readonly count: number;
  readonly tiers?: readonly Tier[];
}

/** Features of the one processor or the other; a program of several rows needs what the rows of both have. */
const cpuOf = ({ row, program }: RowCase): Cpu =>
  program || (row.feature && row.feature !== 'FEAT_CRC32') ? 'neoverse-n1' : 'cortex-a57';
const imageOf = (seed: number): Uint8Array => randomImage(new Random(seed, 'image'));

/** Both sides of many cases on one processor. */
class Comparison {
  private readonly image: Uint8Array;
  private readonly ours: readonly Ours[];
  private readonly tiers: readonly Tier[];

  constructor(seed: number, tiers: readonly Tier[]) {
    this.tiers = tiers;
    this.image = imageOf(seed);
    this.ours = tiers.map((tier) => new Ours(this.image, tier));
  }

  get hotShare(): Partial<Record<Tier, number>> {
    return Object.fromEntries(
      this.ours.map(({ counts: { hot, instructions } }, n) => [this.tiers[n] as Tier, hot / instructions]),
    );
  }

  differences(cases: readonly Case[], cpu: Cpu): Difference[][] {
    const oracle = askOracle(cases, this.image, cpu);
    return cases.map((one, i) => {
      for (const ours of this.ours) {
        const found = compare(one.state, ours.run(one), oracle[i] as (typeof oracle)[0]);
        if (found.length > 0) return found;
      }
      return [];
    });
  }
}

function runCases(cases: readonly RowCase[], seed: number, tiers: readonly Tier[]): Result {
  const comparison = new Comparison(seed, tiers);
  const perRow = new Map<Row, number>();
  for (const { row } of cases) perRow.set(row, (perRow.get(row) ?? 0) + 1);
  const failures: Failure[] = [];
  for (const [cpu, part] of Map.groupBy(cases, cpuOf)) {
    comparison.differences(part, cpu).forEach((differences, i) => {
      if (differences.length > 0) failures.push({ one: part[i] as RowCase, differences });
    });
  }
  return { cases: cases.length, failures, perRow, hotShare: comparison.hotShare };
}

const BOTH: readonly Tier[] = ['loop', 'functions'];

export function runRows(rows: readonly Row[], { seed, count, tiers = BOTH }: Options): Result {
  return runCases(
    rows.flatMap((row) => makeCases(row, seed, count)),
    seed,
    tiers,
  );
}

/** `count` programs of several words each, of any rows. */
export function runPrograms(rows: readonly Row[], { seed, count, tiers = BOTH }: Options): Result {
  return runCases(makePrograms(rows, seed, count), seed, tiers);
}

/** A failure in its smallest form, as text: disassembly, the state that matters, the differences, and how to repeat it. */
export function report({ one }: Failure, tiers: readonly Tier[] = BOTH): string {
  const comparison = new Comparison(one.seed, tiers);
  const cpu = cpuOf(one);
  const small = reduce(one, (cases) => comparison.differences(cases, cpu).map((differences) => differences.length > 0));
  const differences = comparison.differences([small], cpu)[0] as Difference[];
  const disassemble = makeDisassembler(makeDecoder(allRows));
  const text = small.words.map((word, i) => {
    const pc = small.state.pc + BigInt(i * 4);
    return `  ${word.toString(16).padStart(8, '0')}  ${disassemble(word, pc) ?? '.inst'}`;
  });
  const state = [...namedParts(small.state)]
    .filter(([, value]) => value !== 0n)
    .map(([part, value]) => `${part}=0x${value.toString(16)}`);
  return [
    `${one.row.name}: seed ${one.seed}, case ${one.index}`,
    ...text,
    `  with ${state.join(' ')}, all else zero`,
    ...differences.map(
      ({ part, before, ours, oracle }) => `  ${part}: ours ${ours}, oracle ${oracle}${before && `, before ${before}`}`,
    ),
  ].join('\n');
}
