import { describe, expect, test } from 'vitest';
import { needs } from '../support/packages.ts';
import { buildImage, logOfOracle, logOfOurs, type Variant } from './support/bare-metal.ts';
import { compareLogs } from './support/bare-metal-differences.ts';

const minute = 60_000;
const noOracle = needs('qemu-system-arm', 'gcc-aarch64-linux-gnu');
/** Lines that the image prints: fewer mean that a part of it was left out. */
const LINES: Record<Variant, number> = { main: 7000, '16k': 3000 };

describe.skipIf(noOracle)('privileged instructions do what qemu-system-aarch64 does', () => {
  test.each(['main', '16k'] as const)(
    'image %s',
    (variant) => {
      const image = buildImage(variant);
      const oracle = logOfOracle(image, variant);
      expect(oracle.length).toBeGreaterThan(LINES[variant]);
      expect(oracle.at(-1)).toBe('done');
      expect(compareLogs(logOfOurs(image), oracle)).toEqual([]);
    },
    5 * minute,
  );
});
