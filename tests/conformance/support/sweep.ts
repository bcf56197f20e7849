/** Random words, one after the other, through our engine: whatever a guest executes, our own code must not fail. */
import { Random, randomImage, randomState } from './random.ts';
import { Ours, type Tier } from './ours.ts';

/** Instructions that run from one random state. */
const WORDS = 4;

/** Runs `count` random words at an exception level; an error names the words and the case. */
export function sweep(count: number, seed: number, level: 0 | 1, tier: Tier): void {
  const ours = new Ours(randomImage(new Random(seed, 'image')), tier);
  for (let index = 0; index < count / WORDS; index++) {
    const random = new Random(seed, `EL${level}`, index);
    const words = Array.from({ length: WORDS }, () => random.word());
    const state = randomState(random);
    try {
      // A word may have written any system register.
      if (level === 1 || index === 0) ours.enter(level);
      ours.run({ words, state });
    } catch (error) {
      const text = words.map((word) => word.toString(16).padStart(8, '0')).join(' ');
      throw new Error(`seed ${seed}, EL${level}, case ${index}: ${text} at 0x${state.pc.toString(16)}`, { cause: error });
    }
  }
}
