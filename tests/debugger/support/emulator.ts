/** An emulator with a debug server, by QEMU's own command line: ours and QEMU, started the same way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../../resources/build/targets.ts';

export type Emulator = 'pocketvisor' | 'qemu';

export interface Started {
  /** The socket of the debug server. */
  readonly socket: string;
  readonly console: () => string;
  /** Waits for the end of the process, and answers its exit code. */
  ended(): Promise<number | null>;
  stop(): void;
}

/** Starts it, stopped before the first instruction; waits until a debugger can connect. */
export async function startEmulator(emulator: Emulator, options: readonly string[]): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-debug-'));
  const socket = join(folder, 'gdb');
  // Without its card QEMU needs no ROM for one.
  const debug = ['-nic', 'none', '-S', '-gdb', `unix:${socket},server=on,wait=off`];
  const [program, first] =
    emulator === 'qemu' ? ['qemu-system-aarch64', []] : [process.execPath, [join(root, 'main/cli/main.ts'), 'qemu']];
  const child = spawn(program, [...first, ...options, ...debug], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  const end = once(child, 'exit');
  while (!existsSync(socket) && child.exitCode === null) await sleep(20);
  if (child.exitCode !== null) throw new Error(`${emulator} did not start:\n${text}`);
  const stop = (): void => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    socket,
    console: () => text.replaceAll('\r', ''),
    ended: async () => {
      await end;
      rmSync(folder, { recursive: true, force: true });
      return child.exitCode;
    },
    stop,
  };
}
