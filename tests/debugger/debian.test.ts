/** GDB at Debian's kernel on two cores, without symbols: the same script at ours and at QEMU gives the same answers. */
import { expect } from 'vitest';
import { bootTest } from '../boot/support/boot-test.ts';
import { initrd } from '../boot/support/debian.ts';
import { guestFile } from '../support/guests.ts';
import { run } from '../support/pocketvisor.ts';
import { type Emulator, startEmulator } from './support/emulator.ts';
import { type Answer, gdb, INTERRUPT_SOON } from './support/gdb.ts';

const append = 'console=ttyAMA0 nokaslr';
const wanted = [
  'start_kernel',
  'secondary_start_kernel',
  'jiffies_64',
  'linux_banner',
  'kernel_execve',
  'do_sys_openat2',
] as const;
type Symbols = Record<(typeof wanted)[number], string>;

/** The kernel's own list of symbols. */
async function symbols(): Promise<Symbols> {
  const grep = `grep -E " (${wanted.join('|')})$" /proc/kallsyms; echo ALL OF THE''M`;
  const images = ['--kernel', guestFile('Image-cloud')!, '--initrd', guestFile(initrd)!, '--append', append];
  const { console } = await run(...images, '--send', `/ # =>${grep}\\n`, '--expect', '^ALL OF THEM', '--timeout', '60s');
  const found = [...console.matchAll(/^([\da-f]{16}) \w (\w+)$/gm)].map(([, address, name]) => [name, `0x${address}`]);
  return Object.fromEntries(found) as Symbols;
}

const scriptFor = (at: Symbols): string[] => [
  `break *${at.start_kernel}`,
  'continue',
  'print $_thread',
  'x/6i $pc',
  'print/x $pc',
  'print/x $cpsr & 0xf',
  'x/4xg $sp',
  `print/x *(unsigned *)(${at.start_kernel})`,
  'stepi',
  'stepi',
  'x/i $pc',
  'nexti',
  'print/x $pc',
  'print/x $x30',
  'set $x9 = 0xfeed',
  'print/x $x9',
  'print *(int *)0x1000',
  'info breakpoints',
  'delete',
  'set $slot = $sp - 32',
  'awatch -l *(unsigned long *)$slot',
  'continue',
  'x/i $pc - 4',
  'print $_thread',
  'delete',
  `hbreak *${at.secondary_start_kernel}`,
  'continue',
  'print $_thread',
  'x/2i $pc',
  'print/x $sp & 0xf',
  'thread 1',
  'print $_thread',
  'thread 2',
  'stepi',
  'print/x $pc',
  'delete',
  `break *${at.kernel_execve} if $_streq((char *)$x0, "/init")`,
  'continue',
  'x/s $x0',
  'x/s **(char ***)$x1 == 0 ? "" : *(char **)$x1',
  'set var *(char *)($x0 + 1) = 73',
  'x/s $x0',
  'set var *(char *)($x0 + 1) = 105',
  'delete',
  `tbreak *${at.do_sys_openat2}`,
  'continue',
  'print $w0',
  'delete',
  INTERRUPT_SOON,
  'continue',
  'detach',
];

async function answers(emulator: Emulator, commands: readonly string[]): Promise<{ all: Answer[]; console: string }> {
  const options = ['-M', 'virt,gic-version=3', '-cpu', 'cortex-a57', '-smp', '2', '-m', '512', '-nographic', '-nic', 'none'];
  const images = ['-kernel', guestFile('Image-cloud')!, '-initrd', guestFile(initrd)!, '-append', append];
  const started = await startEmulator(emulator, [...options, ...images]);
  try {
    const all = await gdb(started.socket, commands);
    if (emulator === 'pocketvisor')
      await expect.poll(started.console, { timeout: 120_000, interval: 100 }).toMatch(/GUEST READY/);
    return { all, console: started.console() };
  } finally {
    started.stop();
  }
}

/** Who is interrupted where depends on time, which is the host's at QEMU; threads have names of each emulator's own. */
function comparable(all: readonly Answer[]): Answer[] {
  const timed = all.findIndex(({ command }) => command === INTERRUPT_SOON);
  return all.slice(0, timed).map(({ command, text }) => ({
    command,
    text: text
      .replace(/\[Switching to [^\]]*\]\n*/g, '')
      .replace(/Thread [\d.]+ (\(.*?\) |".*?" )?/g, 'Thread ')
      // Where the first core stands when the second one begins is time's affair, too.
      .replace(command === 'thread 1' ? /0x[\da-f]{16}/ : /$^/, 'somewhere')
      .trim(),
  }));
}

bootTest(
  "GDB at Debian's kernel on two cores, beside QEMU",
  { guests: ['Image-cloud', initrd], packages: ['gdb-multiarch', 'qemu-system-arm'], long: true },
  async () => {
    const script = scriptFor(await symbols());
    expect(script.join()).not.toContain('undefined');
    const ours = await answers('pocketvisor', script);
    const theirs = await answers('qemu', script);
    expect(comparable(ours.all)).toEqual(comparable(theirs.all));
    const texts = (command: string): string[] =>
      ours.all.filter((answer) => answer.command === command).map((answer) => answer.text.trim());
    expect(texts('print $_thread').map((text) => text.replace(/.*= /, ''))).toEqual(['1', '1', '2', '1']);
    expect(texts('continue')[1]).toMatch(/hit Hardware access .*watchpoint/);
    expect(texts('continue').at(-1)).toContain('SIGINT');
    expect(texts('x/s $x0').map((text) => text.replace(/.*\t/, ''))).toEqual(['"/init"', '"/Init"']);
    expect(script.length).toBeGreaterThan(30);
  },
);
