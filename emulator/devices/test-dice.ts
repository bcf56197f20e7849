import { createRandom } from '../base/random.ts';

/** Choices that repeat with the seed. */
export class Dice {
  private readonly random;

  constructor(seed: number, purpose: string) {
    this.random = createRandom(seed, purpose);
  }

  /** 32 bits. */
  word = (): number => this.random.next();
  /** From 0 to below `count`. */
  upTo = (count: number): number => this.random.next() % count;
  oneIn = (count: number): boolean => this.upTo(count) === 0;
  pick = <T>(list: readonly T[]): T => list[this.upTo(list.length)] as T;
}
