/** Why a guest cannot go on, for a person: the most important line first. */
import { hex, hex64, nameOf } from '../views.ts';
import type { CauseCode } from './cause.ts';
import type { Death } from './death.ts';
import { el2Lines } from './el2.ts';
import { factsOf, type Facts } from './facts.ts';
import { guess } from './guess.ts';
import { branchLines, exceptionRows, registerLines, table, walkLines } from './text.ts';
import { isAtVector, vectorProblem } from './vectors.ts';

/** Plain data: it crosses workers and the contract. */
export interface Explanation {
  /** Stable, for scripts. */
  readonly cause: CauseCode;
  /** The guess, in one sentence. */
  readonly headline: string;
  readonly hint?: string;
  /** Several lines: the exception, the walk, the last branches, registers. */
  readonly detail: string;
}

/** Branches that are shown. */
export const BRANCHES = 64;

export function explain(death: Death): Explanation {
  const facts = factsOf(death);
  const { code, headline, hint } = guess(facts);
  const rows = exceptionRows(facts);
  const then = death.hopeless ? unanswered(facts, code) : undefined;
  if (then) rows.push(['then', then]);
  if (hint) rows.push(['try', hint]);
  const lines = table(rows);
  const { way, address } = facts;
  if (way && address !== undefined && (facts.mmuOn || way.stages.length > 1)) lines.push('', ...walkLines(way, death.memory));
  if (death.branches && death.branches.length > 0) {
    lines.push('', `last branches, the newest first`, ...branchLines(death.branches.slice(-BRANCHES), death));
  } else if (death.noBranches) lines.push('', `last branches: ${death.noBranches}`);
  lines.push(
    '',
    death.exact ? 'registers when the exception was taken' : 'registers at the end',
    ...registerLines(death.core, death.symbols),
  );
  lines.push(...controlLines(death));
  return { cause: code, headline, ...(hint ? { hint } : {}), detail: lines.join('\n') };
}

/** Why nothing could handle the exception. */
function unanswered(facts: Facts, code: CauseCode): string | undefined {
  const { death } = facts;
  const { last } = death;
  const name = nameOf(death.symbols, last.elr);
  const place = `PC ${hex(last.elr)}${name ? ` (${name})` : ''}`;
  if (code !== 'vector-base') {
    const problem = vectorProblem(facts);
    if (problem) return problem.text;
  }
  const inner = factsOf(death, last);
  const what = `${inner.syndrome?.name ?? 'an exception'}, ESR ${hex(last.esr)}`;
  return `${isAtVector(facts, last) ? 'in the vector itself' : 'its handler raises'} ${what}, at ${place}, and so for ever`;
}

function controlLines({ core, paBits }: Death): string[] {
  const names = ['SCTLR_EL1', 'TCR_EL1', 'TTBR0_EL1', 'TTBR1_EL1', 'MAIR_EL1', 'VBAR_EL1', 'CPACR_EL1', 'ELR_EL1'];
  const row = (some: readonly string[]): string => some.map((name) => `${name} ${hex64(core.get64(name))}`).join('  ');
  return [...[names.slice(0, 4), names.slice(4)].map(row), ...el2Lines(core, paBits)];
}
