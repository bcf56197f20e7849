import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

export interface QemuScreenOptions {
  /** Beside the machine, its serial port on standard output and a monitor. */
  args: readonly string[];
  /** Text to wait for, and what to type then, in order. */
  sends?: readonly (readonly [prompt: string, text: string])[];
  expect: RegExp;
  folder: string;
  /** A guest may draw a little later than it says so: whether this is what was awaited. */
  until?(picture: Buffer): boolean;
}

const TRIES = 20;
const PAUSE_MS = 250;

/** What QEMU's screen shows once the console shows something: its `screendump`, a PPM. */
export async function qemuScreen({ args, sends = [], expect, folder, until = () => true }: QemuScreenOptions): Promise<Buffer> {
  const [monitor, file] = [join(folder, 'monitor.sock'), join(folder, 'qemu.ppm')];
  const machine = ['-M', 'virt,gic-version=3', '-cpu', 'cortex-a57', '-nodefaults', '-display', 'none', '-serial', 'stdio'];
  const child = spawn('qemu-system-aarch64', [...machine, ...args, '-monitor', `unix:${monitor},server=on,wait=off`], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  try {
    const waiting = [...sends];
    let text = '';
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`QEMU ended:\n${text.slice(-2000)}`)));
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1').replaceAll('\r', '');
        const [next] = waiting;
        if (next && text.includes(next[0])) {
          waiting.shift();
          text = '';
          child.stdin.write(next[1]);
        } else if (!next && expect.test(text)) resolve();
      });
    });
    const socket = createConnection(monitor);
    let answers = '';
    socket.on('data', (chunk: Buffer) => (answers += chunk.toString()));
    const prompt = async (): Promise<void> => {
      while (!answers.includes('(qemu) ')) await once(socket, 'data');
      answers = '';
    };
    await prompt();
    let picture: Buffer | undefined;
    for (let n = 0; n < TRIES; n++) {
      socket.write(`screendump ${file}\n`);
      await prompt();
      picture = readFileSync(file);
      if (until(picture)) break;
      await setTimeout(PAUSE_MS);
    }
    socket.destroy();
    return picture!;
  } finally {
    child.kill();
  }
}
