/** The tiers give the same run, to the last bit of the state, wherever execution passes from one to the other. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { MachineConfig } from '../../emulator/machine/types.ts';
import { guestFile } from '../support/guests.ts';
import { branchyProgram } from './support/branchy.ts';
import { program, runToEnd, sameRuns, visible } from './support/same-runs.ts';
import { selfModifying } from './support/self-modifying.ts';
import { twoCores } from './support/two-cores.ts';

describe('cold, auto and hot are the same run of', () => {
  test.each(Array.from({ length: 24 }, (_, seed) => seed))('random program %i', (seed) => {
    const { auto, hot } = sameRuns(program(branchyProgram(seed)));
    expect(auto).toBeGreaterThan(0.2);
    expect(hot).toBeGreaterThan(0.99);
  });

  test('code that changes itself', () => {
    expect(sameRuns(program(selfModifying)).hot).toBeGreaterThan(0.9);
  });

  test('two cores that take turns', () => {
    sameRuns({ ...program(twoCores), cpus: 2 });
  });

  test('hello', () => {
    const kernel = readFileSync(new URL('../../resources/guests/hello/hello.elf', import.meta.url));
    sameRuns({ boot: { kernel, loads: [] } }, { expects: ['hello> '] });
  });

  const image = guestFile('Image-cloud');
  const initrd = guestFile('initramfs.cpio.gz');
  test.skipIf(!image || !initrd)('the first 300 ms of Linux', () => {
    const boot = { kernel: readFileSync(image ?? ''), initrd: readFileSync(initrd ?? ''), append: 'console=ttyAMA0', loads: [] };
    const config: Partial<MachineConfig> = { memory: 256 << 20, boot };
    const [cold, auto] = (['cold', 'auto'] as const).map((exec) =>
      visible(runToEnd({ ...config, exec }, { timeoutNs: 300e6 }).result),
    );
    expect(auto).toEqual(cold);
  });
});
