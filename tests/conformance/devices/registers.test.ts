/** The same accesses to QEMU's devices and to ours read the same. Where we deviate on purpose, the script stays away and says why. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCfiFlash } from '../../../emulator/devices/cfi-flash/cfi-flash.ts';
import type { Device } from '../../../emulator/devices/device.ts';
import { createPl011 } from '../../../emulator/devices/pl011/pl011.ts';
import { createPl031 } from '../../../emulator/devices/pl031/pl031.ts';
import { createPl061 } from '../../../emulator/devices/pl061/pl061.ts';
import { TestClock } from '../../../emulator/devices/test-clock.ts';
import { needs } from '../../support/packages.ts';
import { startQemu, type Qemu } from './qtest.ts';

interface Access {
  offset: number;
  size: 1 | 2 | 4;
  /** Absent: a read. */
  value?: number;
}
type Script = fc.Arbitrary<Access[]>;

const irq = { set: () => {} };
const primeCellIds = [0xfe0, 0xfe4, 0xfe8, 0xfec, 0xff0, 0xff4, 0xff8, 0xffc];

function registers(offsets: number[], value: fc.Arbitrary<number>, size: fc.Arbitrary<1 | 2 | 4>): Script {
  const access = fc.record({
    offset: fc.constantFrom(...offsets, ...primeCellIds),
    size,
    value: fc.option(value, { nil: undefined }),
  });
  return fc.array(
    access.map(({ offset, size, value }) => ({ offset, size, ...(value !== undefined && { value: value % 2 ** (8 * size) }) })),
    { minLength: 50, maxLength: 200 },
  );
}

const both = (value: number) => (value | (value << 16)) >>> 0;
/** Where 16 words never leave a write buffer's block. */
const place = fc.nat(0xffff).map((n) => n * 64);

/** Whole commands, because QEMU erases before the command is confirmed, and keeps its status clear after a clear. */
const flashCommands: Script = fc
  .array(
    fc.tuple(
      fc.constantFrom('erase', 'program', 'buffer', 'lock', 'id', 'query'),
      place,
      fc.array(fc.nat(0xffff_ffff), { minLength: 1, maxLength: 16 }),
    ),
    { minLength: 5, maxLength: 20 },
  )
  .map((commands) =>
    commands.flatMap(([command, at, words]) => {
      const write = (value: number, offset = at): Access => ({ offset, size: 4, value });
      const read = (offset = at): Access => ({ offset, size: 4 });
      const bodies: Record<typeof command, Access[]> = {
        erase: [write(both(0x20)), write(both(0xd0))],
        program: [write(both(0x40)), write(words[0]!)],
        buffer: [
          write(both(0xe8)),
          write(both(words.length - 1)),
          ...words.map((value, i) => write(value, at + 4 * i)),
          write(both(0xd0)),
        ],
        lock: [write(both(0x60)), write(both(0xd0))],
        id: [write(both(0x90)), read(0), read(4)],
        query: [write(both(0x98)), ...Array.from({ length: 0x50 }, (_, i) => read(4 * i))],
      };
      return [...bodies[command], read(), write(both(0xff)), ...words.map((_, i) => read(at + 4 * i))];
    }),
  );

const devices: Record<string, { base: number; create(): Device; script: Script }> = {
  // Values of few bits: QEMU keeps bits that registers do not have.
  pl011: {
    base: 0x0900_0000,
    create: () => createPl011({ irq, onTransmit: () => {} }),
    script: registers(
      [0x00, 0x04, 0x08, 0x18, 0x20, 0x24, 0x28, 0x2c, 0x30, 0x34, 0x38, 0x3c, 0x40, 0x44],
      fc.nat(0x3f),
      fc.constantFrom(1, 2, 4),
    ),
  },
  // Not DR: the dates differ.
  pl031: {
    base: 0x0901_0000,
    create: () => createPl031({ irq, clock: new TestClock(), baseSeconds: 1e9 }),
    script: registers([0x04, 0x08, 0x0c, 0x10, 0x14, 0x18, 0x1c], fc.constantFrom(0, 1, 1 << 30), fc.constant(4)),
  },
  // Not levels, which QEMU holds after they went, and nothing driven high: a pin that becomes an input keeps its level there.
  pl061: {
    base: 0x0903_0000,
    create: () => createPl061({ irq }),
    script: registers([0x400, 0x408, 0x40c, 0x410, 0x414, 0x418, 0x41c, 0x420], fc.nat(0xff), fc.constantFrom(1, 4)),
  },
  'cfi-flash': {
    base: 0x0400_0000,
    create: () => createCfiFlash({ bytes: new Uint8Array(0x400_0000), onArrayMode: () => {}, onChange: () => {} }),
    script: flashCommands,
  },
};

describe.skipIf(needs('qemu-system-arm'))('registers read as QEMU’s', () => {
  let qemu: Qemu;
  beforeAll(() => void (qemu = startQemu('-serial', 'null')));
  afterAll(() => qemu.stop());

  test.each(Object.entries(devices))('%s', async (_kind, { base, create, script }) => {
    const device = create();
    // One long script: QEMU's device goes on where the last part left it.
    for (const access of fc.sample(script, { seed: 1, numRuns: 20 }).flat()) {
      const { offset, size, value } = access;
      if (value === undefined)
        expect([access, device.read(offset, size)]).toEqual([access, await qemu.read(base + offset, size)]);
      else {
        device.write(offset, size, value);
        await qemu.write(base + offset, size, value);
      }
    }
  });
});
