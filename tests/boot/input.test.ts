/** Debian's kernel reads keys and a mouse: what evdev gives, beside what it gives on QEMU for the same lines of the monitor. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { guestFile } from '../support/guests.ts';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { initrd, limits } from './support/debian.ts';
import { networkInitrd } from './support/network.ts';

const folder = scratchFolder();
const guests = ['Image-full', initrd];

const keyLines = ['sendkey a', 'sendkey ctrl-alt-f1', 'sendkey shift-ret'];
const mouseLines = [
  'mouse_move 3 -4',
  'mouse_move 1 1 -1',
  'mouse_button 1',
  'mouse_button 3',
  'mouse_button 4',
  'mouse_button 0',
];
/** Events that come of them, SYN_REPORT with them. */
const [KEY_EVENTS, MOUSE_EVENTS] = [4 + 12 + 8, 3 + 4 + 2 + 2 + 4 + 2];

/** struct input_event on 64 bits: two words of time, type, code, value. */
const EVENT = 24;
const read = (what: string, count: number): string => `dd if=$(named ${what}) of=/${what} bs=${EVENT} count=${count} &`;
const lines = [
  'named() { for each in /sys/class/input/event*; do grep -q $1 $each/device/name && echo /dev/input/${each##*/}; done; }',
  'cat /proc/bus/input/devices',
  ...[read('Keyboard', KEY_EVENTS), read('Mouse', MOUSE_EVENTS)],
  ...['sleep 1', 'echo HANDS PLEASE', 'wait', 'echo KEYS', 'hexdump -v -C /Keyboard', 'echo MOVES', 'hexdump -v -C /Mouse'],
];

interface Seen {
  /** Of /proc/bus/input/devices. */
  devices: string;
  keys: number[][];
  moves: number[][];
}

function seen(console: string): Seen {
  const part = (from: string, to: string) => console.slice(console.indexOf(`\n${from}`), console.indexOf(`\n${to}`));
  const events = (text: string) => {
    const hex = [...text.matchAll(/^[\da-f]{8} {2}((?:[\da-f]{2} +)+)/gm)]
      .map(([, bytes]) => bytes!.replaceAll(' ', ''))
      .join('');
    const bytes = Buffer.from(hex, 'hex');
    return Array.from({ length: bytes.length / EVENT }, (_, n) => {
      const at = n * EVENT + 16;
      return [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2), bytes.readInt32LE(at + 4)];
    });
  };
  return {
    // Which slots they have depends on what else there is.
    devices: part('I: Bus', 'HANDS PLEASE')
      .trim()
      .replace(/a00\w+\.virtio_mmio/g, 'SLOT'),
    keys: events(part('KEYS\n', 'MOVES\n')),
    moves: events(console.slice(console.indexOf('\nMOVES\n'))),
  };
}

/** The same on QEMU, its monitor on a socket. */
async function onQemu(initrdFile: string): Promise<Seen> {
  const socket = join(folder, 'monitor');
  const devices = ['keyboard', 'mouse', 'tablet'].flatMap((kind) => ['-device', `virtio-${kind}-device`]);
  const child = spawn('qemu-system-aarch64', [
    ...['-M', 'virt,gic-version=3', '-cpu', 'cortex-a57', '-m', '512', '-nodefaults', '-display', 'none', '-serial', 'stdio'],
    ...['-kernel', guestFile('Image-full')!, '-initrd', initrdFile, '-append', 'console=ttyAMA0', ...devices],
    // Linux takes input devices of version 1.0 alone.
    ...['-global', 'virtio-mmio.force-legacy=false', '-monitor', `unix:${socket},server,nowait`],
  ]);
  let console = '';
  let told = false;
  child.stdout.on('data', (chunk: Buffer) => {
    console += chunk.toString('latin1').replaceAll('\r', '');
    if (told || !console.includes('HANDS PLEASE')) return;
    told = true;
    const monitor = createConnection(socket);
    monitor.on('error', () => undefined);
    monitor.write([...keyLines, ...mouseLines, ''].join('\n'));
  });
  const limit = setTimeout(() => child.kill(), 400_000);
  await once(child, 'close');
  clearTimeout(limit);
  return seen(console);
}

bootTest(
  'keys and a mouse reach evdev as on QEMU, and a replay is the same run',
  { guests, packages: ['qemu-system-arm'] },
  async () => {
    const file = networkInitrd(folder, 'input', lines);
    const script = join(folder, 'monitor.txt');
    // Long after the guest waits for them.
    writeFileSync(script, mouseLines.map((line, n) => `@${10 + n}s ${line}\n`).join(''));
    const log = join(folder, 'input.log');
    const options = [
      ...[
        '--kernel',
        guestFile('Image-full')!,
        '--initrd',
        file,
        '--append',
        'console=ttyAMA0',
        '--cpu',
        'cortex-a57',
        ...limits,
      ],
      ...['keyboard', 'mouse', 'tablet'].flatMap((kind) => ['--input', kind]),
    ];
    const keys = keyLines.map((line) => line.replace('sendkey ', '')).join(' ');
    const hands = ['--send-key', `HANDS PLEASE=>${keys}`, '--monitor-script', script];
    const first = await run(...options, ...hands, '--record', log);
    expect(first.code, first.console.slice(-2000) + first.errors).toBe(0);
    const ours = seen(first.console);
    expect(ours.keys).toHaveLength(KEY_EVENTS);
    expect(ours.keys.slice(0, 4)).toEqual([
      [1, 30, 1],
      [0, 0, 0],
      [1, 30, 0],
      [0, 0, 0],
    ]);
    expect(ours).toEqual(await onQemu(file));

    const second = await run(...options, '--replay', log);
    expect(second.report.stateHash).toBe(first.report.stateHash);
    expect(second.report.instructions).toBe(first.report.instructions);
    expect(seen(second.console)).toEqual(ours);
  },
);
