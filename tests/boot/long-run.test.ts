/** A long run keeps its memory: caches of code are bounded, and what is thrown away comes back. `node tests/boot/long-run.ts` shows it. */
import { expect } from 'vitest';
import { bootTest } from './support/boot-test.ts';
import { initrd } from './support/debian.ts';
import { runLongLoad, type Sample } from './support/long-load.ts';

const SECONDS = 150;
const CODE_PAGES = 1200;
/** What the process may have grown by in the second half, over what the guest's own RAM did; V8 collects when it likes. */
const NOISE_MIB = 40;

bootTest('memory stays flat while Linux keeps changing code', { guests: ['Image-cloud', initrd], long: true }, () => {
  const samples: Sample[] = [];
  runLongLoad(SECONDS, 5, { exec: 'auto', tuning: { codePages: CODE_PAGES } }, (sample) => samples.push(sample));
  const own = samples.map(({ rss, guestRam }) => rss - guestRam);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const half = Math.floor(own.length / 2);
  const quarter = Math.floor(own.length / 4);
  expect(mean(own.slice(-quarter)) - mean(own.slice(half, half + quarter))).toBeLessThan(NOISE_MIB);
  expect(samples.at(-1)?.codePages).toBe(CODE_PAGES);
  expect(samples.at(-1)?.rounds).toBeGreaterThan(0);
});
