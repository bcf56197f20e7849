import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';

export interface QemuScreenOptions {
  /** Beside the machine, its serial port on standard output and a monitor. */
  args: readonly string[];
  /** Text to wait for, and what to type then, in order. */
  sends: readonly (readonly [prompt: string, text: string])[];
  expect: RegExp;
  folder: string;
}

/** What QEMU's screen shows once the console shows something: its `screendump`, a PPM. */
export async function qemuScreen({ args, sends, expect, folder }: QemuScreenOptions): Promise<Buffer> {
  const [monitor, file] = [join(folder, 'monitor.sock'), join(folder, 'qemu.ppm')];
  const machine = ['-M', 'virt,gic-version=3', '-cpu', 'cortex-a57', '-nodefaults', '-display', 'none', '-serial', 'stdio'];
  const child = spawn('qemu-system-aarch64', [...machine, ...args, '-monitor', `unix:${monitor},server=on,wait=off`], {
    stdio: ['pipe', 'pipe', 'inherit'],
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
    socket.resume();
    socket.write(`screendump ${file}\nquit\n`);
    await once(child, 'exit');
    socket.destroy();
    return readFileSync(file);
  } finally {
    child.kill();
  }
}
