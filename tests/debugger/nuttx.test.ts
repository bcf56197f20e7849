/** GDB at NuttX with its DWARF: the same script at ours and at QEMU gives the same answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { bootTest } from '../boot/support/boot-test.ts';
import { imageFolder } from '../boot/support/images.ts';
import { type Emulator, startEmulator } from './support/emulator.ts';
import { type Answer, gdb, INTERRUPT_SOON } from './support/gdb.ts';

const image = 'nuttx-nsh';

/** From the entry at EL2 to the shell's prompt. */
const script = [
  'info registers pc',
  'print/x $cpsr & 0xf',
  'x/3i $pc',
  'break nx_start',
  'continue',
  'backtrace',
  'print/x $cpsr & 0xf',
  'print g_nx_initstate',
  'info line',
  'next',
  'next',
  'info locals',
  'tbreak nxtask_init',
  'continue',
  'backtrace',
  'info args',
  'print *tcb',
  'step',
  'step',
  'up',
  'info frame',
  'down',
  'finish',
  'print g_idletcb.name',
  'ptype struct dq_queue_s',
  'print *(struct dq_queue_s *)&g_readytorun',
  'watch g_lastpid',
  'continue',
  'backtrace 2',
  'print g_lastpid',
  'continue',
  'print g_lastpid',
  'delete',
  'tbreak nsh_initialize',
  'continue',
  'backtrace',
  'finish',
  'tbreak nsh_session',
  'continue',
  'backtrace',
  'print (char *)g_nshprompt',
  'set var ((char *)g_nshprompt)[0] = 78',
  'print (char *)g_nshprompt',
  'rwatch *(char *)g_nshprompt',
  'continue',
  'info symbol $pc',
  'delete',
  'break pl011_send',
  'continue',
  'info args',
  'print *dev->ops',
  'print dev->xmit.buffer',
  'print/c ch',
  'ignore 7 2',
  'info breakpoints',
  'continue',
  'print/c ch',
  'set $x9 = 0x1234',
  'print/x $x9',
  'print *(int *)0x10000000000',
  'delete',
  'tbreak up_idle',
  'continue',
  'backtrace',
  'tbreak arm64_arch_timer_compare_isr',
  'continue',
  'info args',
  'info symbol $pc',
  'print/x $x0',
  'stepi',
  'nexti',
  'x/2i $pc',
  'advance irq_dispatch',
  'backtrace',
  INTERRUPT_SOON,
  'continue',
  'detach',
];

async function answers(emulator: Emulator): Promise<Answer[]> {
  const folder = imageFolder(image) as string;
  const { qemu } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { qemu: string[] };
  const options = qemu.map((arg, index) => (qemu[index - 1] === '-kernel' ? join(folder, arg) : arg));
  const started = await startEmulator(emulator, options);
  try {
    const all = await gdb(started.socket, script, join(folder, 'nuttx-dwarf.elf'));
    await expect.poll(started.console, { timeout: 60_000, interval: 100 }).toMatch(/Nsh> /);
    return all;
  } finally {
    started.stop();
  }
}

/** What threads are called is each emulator's own, and where Ctrl-C meets the guest depends on the host's time. */
function comparable(all: readonly Answer[]): Answer[] {
  const timed = all.findIndex(({ command }) => command === INTERRUPT_SOON);
  return all.slice(0, timed).map(({ command, text }) => ({ command, text: text.replace(/^Thread.* hit /gm, '').trim() }));
}

bootTest(
  'GDB at NuttX with its DWARF, beside QEMU',
  { images: [image], packages: ['gdb-multiarch', 'qemu-system-arm'] },
  async () => {
    const ours = await answers('pocketvisor');
    const theirs = await answers('qemu');
    expect(comparable(ours)).toEqual(comparable(theirs));
    const text = (command: string, nth = 0): string => ours.filter((answer) => answer.command === command)[nth]!.text;
    expect(text('print/x $cpsr & 0xf')).toContain('0x9');
    expect(text('print/x $cpsr & 0xf', 1)).toContain('0x5');
    expect(text('continue', 2)).toMatch(/Hardware watchpoint .*g_lastpid[^]*New value = 1\n/);
    expect(text('backtrace', 3)).toMatch(/#0 +nsh_session .*[^]*#2 .* in nsh_main /);
    expect(text('print dev->xmit.buffer')).toContain('NuttShell (NSH)');
    expect(text('info args', 2)).toMatch(/^irq = 27\n/);
    expect(text('continue', 11)).toContain('SIGINT');
    const failed = ours.filter((answer) => answer.text.startsWith('error:')).map(({ command }) => command);
    expect(failed).toEqual(['print *(int *)0x10000000000']);
  },
);
