/**
 * Deterministic random bytes: what guests get as entropy. Not for secrets. Each purpose has its own stream, so that one consumer more
 * does not change what the others see.
 */
export interface Random {
  /** 32 random bits, unsigned. */
  next(): number;
  bytes(count: number): Uint8Array;
  /** The state, four words, for snapshots. */
  save(): number[];
  restore(state: readonly number[]): void;
}

/** The generator is sfc32 of Chris Doty-Humphrey's PractRand: 128 bits of state, a period of at least 2^32. */
export function createRandom(seed: number, purpose: string): Random {
  let [a, b, c, counter] = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, hash(purpose), 1];

  function next(): number {
    const result = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = (b ^ (b >>> 9)) >>> 0;
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + result) >>> 0;
    return result;
  }
  for (let i = 0; i < 16; i++) next();

  return {
    next,
    bytes: (count) => Uint8Array.from({ length: count }, () => next() >>> 24),
    save: () => [a, b, c, counter],
    restore(state) {
      [a, b, c, counter] = state as [number, number, number, number];
    },
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c_9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0)!, 0x0100_0193);
  return value >>> 0;
}
