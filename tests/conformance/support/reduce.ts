/** Makes a failing case small: every part of the state that does not matter becomes zero, the others as simple as they can be. */
import { type Case, State } from './record.ts';

/** Which of the cases still fail; the oracle answers many at once. */
export type StillFails = (cases: readonly Case[]) => boolean[];
type Change = (state: State) => void;

function copy(state: State): State {
  const result = new State();
  new Uint8Array(result.view.buffer).set(new Uint8Array(state.view.buffer, state.view.byteOffset, state.view.byteLength));
  return result;
}

function changed(one: Case, changes: readonly Change[]): Case {
  const state = copy(one.state);
  for (const change of changes) change(state);
  return { words: one.words, state };
}

/** Simpler values of each part, from the simplest on, in rounds. */
function rounds(): Change[][] {
  const simpler: ((value: bigint) => bigint)[] = [
    () => 0n,
    (value) => value & 0xffn,
    (value) => value & 0xffff_ffffn,
    (value) => value & ~0xffffn,
    (value) => value & -value,
  ];
  return simpler.map((simple) => [
    ...Array.from(
      { length: 31 },
      (_, n): Change =>
        (state) =>
          state.setX(n, simple(state.getX(n))),
    ),
    ...Array.from(
      { length: 64 },
      (_, i): Change =>
        (state) =>
          state.setV(i >> 1, i & 1, simple(state.getV(i >> 1, i & 1))),
    ),
    (state) => (state.sp = simple(state.sp)),
    (state) => (state.nzcv = Number(simple(BigInt(state.nzcv)) & 0xf000_0000n)),
    (state) => (state.fpcr = Number(simple(BigInt(state.fpcr)))),
    (state) => (state.fpsr = Number(simple(BigInt(state.fpsr)))),
  ]);
}

export function reduce(one: Case, stillFails: StillFails): Case {
  let best = one;
  // Changes that are harmless alone may not be so together: then in halves.
  const apply = (changes: readonly Change[]): void => {
    if (changes.length === 0) return;
    const candidate = changed(best, changes);
    if (stillFails([candidate])[0]) best = candidate;
    else if (changes.length > 1) {
      apply(changes.slice(0, changes.length >> 1));
      apply(changes.slice(changes.length >> 1));
    }
  };
  for (const round of rounds()) {
    const alone = stillFails(round.map((change) => changed(best, [change])));
    apply(round.filter((_, i) => alone[i]));
  }
  return best;
}
