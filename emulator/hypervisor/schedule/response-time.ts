/** Work that comes again and again and goes before: at most `ns` in every `periodNs`, each time as much as `jitterNs` late. */
export interface Interference {
  readonly name: string;
  readonly periodNs: number;
  readonly jitterNs: number;
  readonly ns: number;
  /** What comes on top of it once, however long one waits. */
  readonly onceNs: number;
}

/** A part of a response, such as what one other cell takes of it. */
export interface Term {
  readonly name: string;
  readonly ns: number;
  /** How often it comes. */
  readonly count: number;
}

export interface Response {
  /** From the moment when it should have been released; Infinity when there is no bound. */
  readonly ns: number;
  /** What it is made of; empty when there is no bound. */
  readonly terms: readonly Term[];
}

/**
 * The worst response of work that begins together with everything that goes before it: the smallest w with
 * w = own + blocking + sum of ceil((w + jitter) / period) * ns (M. Joseph and P. Pandya, "Finding Response Times in a Real-Time System",
 * 1986; with blocking and jitter as in N. Audsley et al., "Applying new scheduling theory to static priority pre-emptive scheduling",
 * 1993). It is that of every release as long as it is no longer than the period.
 *
 * With `toStart` it ends when the work begins rather than when it is done: what comes at that very moment still goes before. A response
 * beyond `limitNs` counts as unbounded.
 */
export function worstResponse(
  own: readonly Term[],
  interference: readonly Interference[],
  { toStart = false, limitNs }: { readonly toStart?: boolean; readonly limitNs: number },
): Response {
  const ownNs = own.reduce((sum, { ns }) => sum + ns, 0);
  const count = (w: number, { periodNs, jitterNs }: Interference) =>
    toStart ? Math.floor((w + jitterNs) / periodNs) + 1 : Math.ceil((w + jitterNs) / periodNs);
  const taken = (w: number, other: Interference) => count(w, other) * other.ns + other.onceNs;
  let before;
  // Everything begins at once, so that each comes at least once.
  let w = 1;
  do {
    before = w;
    w = interference.reduce((sum, other) => sum + taken(before!, other), ownNs);
    if (w > limitNs) return { ns: Infinity, terms: [] };
  } while (w > before);
  const others = interference.map((other) => ({ name: other.name, ns: taken(w, other), count: count(w, other) }));
  return { ns: w, terms: [...own, ...others] };
}
