import { describe, expect, test } from 'vitest';
import { full, needs } from '../support/packages.ts';
import { buildImage, logOfOracle, runOurs } from './support/bare-metal.ts';
import { compareLogs } from './support/bare-metal-differences.ts';

const minute = 60_000;
const noOracle = needs('qemu-system-arm', 'gcc-aarch64-linux-gnu');
/** Lines that the image prints: fewer mean that a part of it was left out. */
const LINES = { main: 7000, '16k': 3000, el2: 9000, 'el2-16k': 4000 };
/** How it runs, and the share of instructions that must run hot: the rest are accesses to the console, and in `auto` probes that run once. */
const ways = [
  { exec: 'cold', tuning: {}, least: 0 },
  { exec: 'hot', tuning: {}, least: 0.99 },
  {
    exec: 'auto',
    tuning: { interval: 300, longestInterval: 300, hotSamples: 2, batch: 1, patience: 1, leastInstructions: 1 },
    least: 0.95,
  },
] as const;

/** At EL2 the harness changes translation again and again, by instructions that are in no region. */
const leastAtEl2 = { cold: 0, hot: 0.9, auto: 0.2 };

describe.skipIf(noOracle)('privileged instructions do what qemu-system-aarch64 does', () => {
  test.each(['main', '16k', 'el2', 'el2-16k'] as const)(
    'image %s',
    (variant) => {
      const image = buildImage(variant);
      const oracle = logOfOracle(image, variant);
      expect(oracle.length).toBeGreaterThan(LINES[variant]);
      expect(oracle.at(-1)).toBe('done');
      for (const { exec, tuning, least } of ways) {
        // Each of its 100,000 probes is a module of its own.
        if (exec === 'hot' && !variant.endsWith('16k') && !full) continue;
        const { lines, hotShare } = runOurs(image, variant, { exec, tuning });
        expect(compareLogs(lines, oracle), exec).toEqual([]);
        expect(hotShare, exec).toBeGreaterThanOrEqual(variant.startsWith('el2') ? leastAtEl2[exec] : least);
      }
    },
    20 * minute,
  );
});
