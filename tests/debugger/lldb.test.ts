/** LLDB connects, stops at a breakpoint, looks around and goes on. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildGuest } from '../../resources/guests/build.ts';
import { needs } from '../support/packages.ts';
import { startEmulator } from './support/emulator.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.skipIf(needs('lldb', 'clang', 'lld'))('LLDB stops at breakpoints and watchpoints', async () => {
  const program = join(folder, 'hello.elf');
  buildGuest('hello', program, { debug: true });
  const options = ['-M', 'virt,gic-version=3', '-smp', '2', '-m', '64', '-nographic', '-kernel', program];
  const started = await startEmulator('pocketvisor', options);
  try {
    const commands = [
      'settings set use-color false',
      // Whoever is busy beside us may make an answer late.
      'settings set plugin.process.gdb-remote.packet-timeout 60',
      `process connect unix-connect://${started.socket}`,
      'breakpoint set --name kernel_main',
      'continue',
      'thread list',
      'thread backtrace',
      'register read pc sp VBAR_EL1',
      'thread step-over',
      'breakpoint set --name print_number',
      'continue',
      'frame variable width',
      'expression -- width = 7',
      'memory read --count 4 --format x --size 4 0x40200000',
      'breakpoint delete --force',
      'watchpoint set expression --watch write --size 8 -- &ticks',
      'watchpoint set expression --watch write --size 8 -- 0x40200000',
      'disassemble --pc --count 2',
      'detach',
    ];
    const lines = commands.flatMap((command) => ['-o', command]);
    const { stdout, stderr } = spawnSync('lldb', ['--no-lldbinit', '--batch', ...lines, program], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    const text = stdout + stderr;
    expect(text).toMatch(/stop reason = breakpoint 1\.1[^]*kernel_main/);
    expect(text).toMatch(/frame #0: 0x[\da-f]+ hello\.elf`kernel_main/);
    expect(text).toMatch(/VBAR_EL1 = 0x0*40[\da-f]+/);
    expect(text).toMatch(/stop reason = breakpoint 2\.\d[^]*print_number/);
    expect(text).toMatch(/\(int\) width = \d/);
    expect(text).toMatch(/0x40200000: 0x[\da-f]{8}/);
    expect(text).toMatch(/Watchpoint created/);
    expect(text).toMatch(/detached/);
    await expect.poll(started.console).toContain('hello> ');
  } finally {
    started.stop();
  }
});
