/** GDB at a guest of ours with symbols: the same script at ours and at QEMU gives the same answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { buildGuest } from '../../resources/guests/build.ts';
import { needs } from '../support/packages.ts';
import { type Emulator, type Started, startEmulator } from './support/emulator.ts';
import { type Answer, gdb, INTERRUPT_SOON } from './support/gdb.ts';

const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = join(folder, 'hello.elf');

const options = (cpus = 1): string[] => [
  ...['-M', 'virt,gic-version=3', '-cpu', 'cortex-a53', '-smp', String(cpus), '-m', '64'],
  ...['-nographic', '-kernel', program],
];

/** What both must say alike. Names of threads are each one's own. */
const script = [
  'info registers pc sp',
  'x/4i $pc',
  'info line',
  'break kernel_main',
  'continue',
  'backtrace',
  'info registers x0 x1 x29 x30 sp pc',
  'hbreak print_number',
  'tbreak timer_init',
  'info breakpoints',
  'continue',
  'next',
  'step',
  'finish',
  'continue',
  'backtrace',
  'info args',
  'info locals',
  'print value',
  'print/x base',
  'up',
  'info frame',
  'down',
  'ptype struct frame',
  'x/2xg $sp',
  'stepi',
  'nexti',
  'x/i $pc',
  'print $pc',
  'set var width = 3',
  'print width',
  'set $x9 = 0x123456789abcdef0',
  'print/x $x9',
  'set $v3.d.u[1] = 77',
  'print $v3.d.u',
  'print board',
  'print/x *(unsigned *)0x40200000',
  'print *(int *)0x10000000000',
  'delete',
  'tbreak uart_write',
  'continue',
  'until',
  'finish',
  'advance timer_interrupt',
  'backtrace',
  'info symbol $pc',
  "watch 'timer.c'::ticks",
  'continue',
  'backtrace',
  'continue',
  "print 'timer.c'::ticks",
  'delete',
  "rwatch 'timer.c'::ticks",
  'continue',
  'delete',
  "awatch 'timer.c'::interval",
  'continue',
  'delete',
  "set var 'timer.c'::ticks = 500",
  "print 'timer.c'::ticks",
  'tbreak timer_interrupt if ticks == 503',
  'continue',
  "print 'timer.c'::ticks",
  'print timer_ticks()',
  'compare-sections .text',
  'print/x $cpsr',
  `info registers ${Array.from({ length: 31 }, (_, n) => `x${n}`).join(' ')} sp pc`,
];

const running: Started[] = [];
afterEach(() => running.splice(0).forEach((one) => one.stop()));

async function start(emulator: Emulator, cpus = 1): Promise<Started> {
  const started = await startEmulator(emulator, options(cpus));
  running.push(started);
  return started;
}

const answers = async (emulator: Emulator, commands: readonly string[]): Promise<Answer[]> =>
  gdb((await start(emulator)).socket, commands, program);

/** Threads and processes have names of each emulator's own. */
const comparable = (all: readonly Answer[]): Answer[] =>
  all.map(({ command, text }) => ({ command, text: text.replace(/^Thread.* hit /gm, '').replace(/^\[Inferior 1 .*$/m, '') }));

const missing = needs('gdb-multiarch', 'clang', 'lld');

describe.skipIf(missing || needs('qemu-system-arm'))('beside QEMU', () => {
  test('a script gives the same answers', async () => {
    buildGuest('hello', program, { debug: true });
    const [ours, theirs] = await Promise.all([answers('pocketvisor', script), answers('qemu', script)]);
    expect(comparable(ours)).toEqual(comparable(theirs));
    const text = (command: string): string => ours.find((answer) => answer.command === command)!.text;
    expect(text('backtrace')).toContain('#0  kernel_main () at hello/main.c:');
    expect(text("watch 'timer.c'::ticks")).toContain('Hardware watchpoint');
    expect(ours.filter(({ text }) => text.startsWith('error:')).map(({ command }) => command)).toEqual([
      'print *(int *)0x10000000000',
    ]);
  });
});

describe.skipIf(missing)('at ours alone', () => {
  test('Ctrl-C, system registers, cores, the monitor, the end', async () => {
    buildGuest('hello', program, { debug: true });
    const started = await start('pocketvisor', 2);
    const all = await gdb(
      started.socket,
      [
        'info threads',
        'monitor info status',
        'print $_thread',
        INTERRUPT_SOON,
        'continue',
        'info threads',
        'print $VBAR_EL1 == &vectors',
        'print/x $SCTLR_EL1 & 1',
        'info registers system',
        'set $TPIDR_EL1 = 0x1234',
        'print/x $TPIDR_EL1',
        'set $MPIDR_EL1 = 1',
        'monitor walk 0x40200000',
        'monitor walk 0x10000000000',
        'monitor xp/2xw 0x40200000',
        'monitor info devices',
        'monitor cont',
        'thread 2',
        'monitor info registers MPIDR_EL1',
        'thread 1',
        'monitor nonsense',
        'info mem',
        'tbreak timer_interrupt',
        'continue',
        'detach',
      ],
      program,
    );
    const text = (command: string, nth = 0): string => all.filter((answer) => answer.command === command)[nth]!.text;
    expect(text('info threads')).toMatch(/\* 1 .*core 0.*EL1, runs[^]*2 .*core 1.*off/);
    expect(text('monitor info status')).toMatch(/^paused; virtual time .*\ncore 0: runs at EL1, .*\ncore 1: off at EL1, /);
    expect(text('continue')).toContain('received signal SIGINT');
    expect(text('info threads', 1)).toMatch(/core 0.*waits for an interrupt.* uart_read /);
    expect(text('print $VBAR_EL1 == &vectors')).toBe('$2 = 1');
    for (const name of ['HCR_EL2', 'SCR_EL3', 'SP_EL0', 'SP_EL3', 'ID_AA64PFR0_EL1', 'TTBR1_EL1', 'DBGBVR0_EL1']) {
      expect(text('info registers system')).toMatch(new RegExp(`^${name} `, 'm'));
    }
    expect(text('print/x $TPIDR_EL1')).toMatch(/= 0x1234$/);
    expect(text('set $MPIDR_EL1 = 1')).toContain('error:');
    expect(text('monitor walk 0x40200000')).toContain('physical 0x40200000: RAM');
    expect(text('monitor walk 0x10000000000')).toContain('address-size fault');
    expect(text('monitor xp/2xw 0x40200000')).toMatch(/^0x0000000040200000: 0x[\da-f]{8} 0x[\da-f]{8}$/);
    expect(text('monitor info devices')).toContain('gicd');
    expect(text('monitor cont')).toContain('the debugger has stopped it');
    expect(text('monitor info registers MPIDR_EL1')).toContain('0x0000000080000001');
    expect(text('monitor nonsense')).toContain('unknown command');
    expect(text('continue', 1)).toContain('timer_interrupt');
    expect(text('detach')).toContain('detached');
    await expect.poll(started.console).toContain('hello> ');
  });

  test('a guest that kills itself is looked at first, and the exit code is told', async () => {
    buildGuest('hello', program, { debug: true });
    const started = await start('pocketvisor');
    const all = await gdb(
      started.socket,
      ['break kernel_main', 'continue', 'set $VBAR_EL1 = 0x10000000000', 'set $pc = 0', 'continue', 'print/x $pc', 'continue'],
      program,
    );
    expect(all[4]!.text).toContain('SIGSEGV');
    expect(all[5]!.text).toContain('0x10000000200');
    expect(all[6]!.text).toContain('exited with code 04');
    expect(await started.ended()).toBe(4);
  });
});
