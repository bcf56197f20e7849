/** Boards with other clocks, addresses and interrupt controllers: the same guest images run on all of them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { boardNames, boards } from '../../emulator/machine/boards.ts';
import type { MachineConfig } from '../../emulator/machine/types.ts';
import { guestFile } from '../support/guests.ts';
import { run } from '../support/pocketvisor.ts';
import { bootTest } from './support/boot-test.ts';
import { debian, initrd, ready } from './support/debian.ts';
import { program, runToEnd, sameRuns, visible } from './support/same-runs.ts';
import { twoCores } from './support/two-cores.ts';

const hello = readFileSync(new URL('../../resources/guests/hello/hello.elf', import.meta.url));

/** A thousand turns of three instructions, then PSCI SYSTEM_OFF. */
const countdown = new Uint8Array(
  new Uint32Array([
    0xd2807d00, // mov x0, #1000
    0xf1000400, // 1: subs x0, x0, #1
    0xd503201f, // nop
    0x54ffffc1, // b.ne 1b
    0x52800100, // mov w0, #8
    0x72b08000, // movk w0, #0x8400, lsl #16
    0xd4000002, // hvc #0
  ]).buffer,
);

describe('a clock', () => {
  test.each(boardNames)('of %s: instructions take its cycles', (board) => {
    const { ramBase, clockHz } = boards[board];
    const { result } = runToEnd({ ...program(countdown, ramBase + 0x20_0000), board });
    expect(result).toMatchObject({ outcome: 'poweroff', instructions: 1 + 3000 + 3 });
    expect(result.virtualNs).toBe(Math.floor((3004 * 1e9) / clockHz));
  });

  test.each(['evoke', 'budget'] as const)('of %s is the same to every tier', (board) => {
    sameRuns({ board, boot: { kernel: hello, loads: [] } }, { expects: ['hello> '] });
  });

  test('is the same to every tier with two cores that take turns', () => {
    sameRuns({ ...program(twoCores, 0x8100_0000), board: 'soc2', cpus: 2 });
  });

  const [kernel, disk] = [guestFile('Image-cloud'), guestFile(initrd)];
  test.skipIf(!kernel || !disk)('is the same to every tier in the first 700 ms of Linux', () => {
    const boot = { kernel: readFileSync(kernel ?? ''), initrd: readFileSync(disk ?? ''), append: 'console=ttyAMA0', loads: [] };
    const config: Partial<MachineConfig> = { board: 'budget', memory: 192 << 20, boot };
    const [cold, auto] = (['cold', 'auto'] as const).map((exec) =>
      visible(runToEnd({ ...config, exec }, { timeoutNs: 700e6 }).result),
    );
    expect(auto).toEqual(cold);
  });
});

describe('the same kernel as on virt runs on', () => {
  for (const [board, cpus] of [
    ['soc2', 1],
    ['soc2', 4],
    ['evoke', 1],
  ] as const) {
    bootTest(`${board}, ${cpus} cores`, { guests: ['Image-cloud', initrd], long: cpus > 1 }, async () => {
      const own = boards[board].memory.usual / 2 ** 20;
      const { code, console } = await run(
        ...['--board', board, ...debian('Image-cloud', cpus), '--memory', `${own}M`, '--expect', ready(cpus)],
      );
      expect(console).toContain(board === 'soc2' ? 'Pocketvisor SoC 2' : 'Pocketvisor evoke');
      expect(code).toBe(0);
    });
  }
});
