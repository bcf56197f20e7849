/** How runs end: outcomes and exit codes, with a guest that ends by itself and with guests that cannot go on. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../resources/build/targets.ts';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { assembled } from './support/two-cores.ts';

const folder = scratchFolder();
const hello = ['--kernel', join(root, 'resources/guests/hello/hello.elf'), '--wall', '200s', '--timeout', '20s'];

describe('a guest that ends by itself', () => {
  test('powers off: 0', async () => {
    const { code, report } = await run(...hello, '--send', 'hello> $=>poweroff\\n');
    expect([code, report.outcome, report.exitCode]).toEqual([0, 'poweroff', 0]);
  });

  test('powers off before an expectation: 1, with what is missing', async () => {
    const { code, report, errors } = await run(
      ...hello,
      '--send',
      'hello> $=>poweroff\\n',
      '--expect',
      'hello',
      '--expect',
      'nope',
    );
    expect([code, report.exitCode, report.matched]).toEqual([1, 1, ['hello']]);
    expect(errors).toMatch(/powered off.*nope/);
  });

  test('restarts, and goes on', async () => {
    const { code, console } = await run(
      ...[...hello, '--send', 'hello> $=>reboot\\n', '--send', 'hello> $=>uptime\\n'],
      ...['--expect', 'Hello from', '--expect', 'Hello from', '--expect', 'uptime\\n.*\\d'],
    );
    expect(code, console).toBe(0);
  });

  test('waits for ever with nothing due: --timeout still ends it', async () => {
    const { code, report } = await bare('d503207f wfi\n17ffffff b .-4', '--timeout', '10s');
    expect([code, report.outcome, report.virtualNs]).toEqual([3, 'timeout', 10e9]);
  });

  test('spins for ever: --wall ends it', async () => {
    const { code, report } = await bare('14000000 b .', '--wall', '500ms');
    expect([code, report.outcome]).toEqual([3, 'wall']);
  });
});

describe('a guest that cannot go on: 4, with the cause, PC and registers', () => {
  test.each<[name: string, program: string, cause: string, pc: number]>([
    ['jumps to where nothing is', 'd2a1e000 mov x0, #0xf000000\nd61f0000 br x0', 'jump-to-nowhere', 0x0f00_0000],
    ['jumps out of the address space', 'd2ffffe0 mov x0, #0xffff << 48\nd61f0000 br x0', 'jump-to-nowhere', 0xffff * 2 ** 48],
    ['jumps to an odd address', 'd2800060 mov x0, #3\nd61f0000 br x0', 'jump-to-nowhere', 3],
    ['reads from where nothing is', 'd2a1e000 mov x0, #0xf000000\nf9400001 ldr x1, [x0]', 'nothing-there', 0x4020_0004],
    [
      'returns to nowhere',
      'd2a1e000 mov x0, #0xf000000\nd5184020 msr elr_el1, x0\nd28078a0 mov x0, #0x3c5\nd5184000 msr spsr_el1, x0\nd69f03e0 eret',
      'jump-to-nowhere',
      0x0f00_0000,
    ],
    [
      'has its vectors where nothing is',
      'd2a1e000 mov x0, #0xf000000\nd518c000 msr vbar_el1, x0\nd4000001 svc #0',
      'vector-base',
      0x4020_0008,
    ],
    [
      'has vectors of zeroes',
      'd2a80600 mov x0, #0x40300000\nd518c000 msr vbar_el1, x0\nd4000001 svc #0',
      'vector-base',
      0x4020_0008,
    ],
  ])('%s', async (_, program, cause, pc) => {
    const { code, report, errors } = await bare(program, '--wall', '60s');
    expect([code, report.outcome, report.exitCode, report.error?.cause]).toEqual([4, 'guest-fault', 4, cause]);
    const at = `0x${BigInt(pc).toString(16).padStart(16, '0')}`;
    expect(report.error?.detail).toMatch(
      new RegExp(`^  exception .*\n  at +${at} [^]*SP [0-9a-f]{16}[^]*X0 [0-9a-f]{16}[^]*X30`),
    );
    expect(errors).toMatch(/^pocketvisor: the guest cannot go on: /);
  });
});

/** Runs words of machine code at 0x40200000. */
function bare(program: string, ...options: string[]) {
  const path = join(folder, 'program.bin');
  writeFileSync(path, assembled(program));
  return run('--load', `${path}@0x40200000`, '--entry', '0x40200000', ...options);
}
