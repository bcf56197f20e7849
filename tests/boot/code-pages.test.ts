/** Predecoded code takes a bounded amount of memory, and what makes way for other code is as if it had never gone. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultTuning } from '../../emulator/exec/tuning.ts';
import type { Machine } from '../../emulator/machine/machine.ts';
import type { MachineConfig, Script } from '../../emulator/machine/types.ts';
import { guestFile } from '../support/guests.ts';
import { full } from '../support/packages.ts';
import { runToEnd, visible } from './support/same-runs.ts';

const pagesOf = (machine: Machine): number => machine.hardware.runtime.codePageCount();

function comparePages(config: Partial<MachineConfig>, script: Partial<Script>, bounds: readonly number[]): void {
  const plain = runToEnd({ ...config, exec: 'cold' }, script);
  for (const codePages of bounds) {
    for (const exec of ['cold', 'auto'] as const) {
      const { machine, result } = runToEnd({ ...config, exec, tuning: { codePages } }, script);
      expect(visible(result), `${exec}, ${codePages} pages`).toEqual(visible(plain.result));
      expect(pagesOf(machine)).toBe(codePages);
    }
  }
  expect(pagesOf(plain.machine)).toBeGreaterThan(Math.max(...bounds));
  expect(pagesOf(plain.machine)).toBeLessThan(defaultTuning.codePages);
}

describe('the same run with little room for code', () => {
  test('hello', () => {
    const kernel = readFileSync(new URL('../../resources/guests/hello/hello.elf', import.meta.url));
    comparePages({ boot: { kernel, loads: [] } }, { expects: ['hello> '] }, [1, 2]);
  });

  const image = guestFile('Image-cloud');
  const initrd = guestFile('initramfs.cpio.gz');
  test.skipIf(!image || !initrd)('Linux', () => {
    const boot = { kernel: readFileSync(image ?? ''), initrd: readFileSync(initrd ?? ''), append: 'console=ttyAMA0', loads: [] };
    const script = full ? { expects: ['GUEST READY'] } : { timeoutNs: 200e6 };
    comparePages({ memory: 256 << 20, boot }, script, full ? [100, 700] : [60]);
  });
});
