import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

type Size = 1 | 2 | 4;
const letters = { 1: 'b', 2: 'w', 4: 'l' } as const;

export interface Qemu {
  read(pa: number, size: Size): Promise<number>;
  write(pa: number, size: Size, value: number): Promise<unknown>;
  readBytes(pa: number, count: number): Promise<Buffer>;
  writeBytes(pa: number, bytes: Uint8Array): Promise<unknown>;
  stop(): void;
}

/**
 * QEMU's `virt` with its cores stopped (unless a loader gives them something to run), as an oracle: the test protocol (QEMU docs/devel/testing/qtest.rst) reaches devices and RAM
 * without a guest.
 */
export function startQemu(...options: string[]): Qemu {
  const machine = ['-M', 'virt,gic-version=3', '-cpu', 'cortex-a57', '-m', '128', '-nodefaults', '-display', 'none'];
  const still = options.some((option) => option.startsWith('loader,')) ? [] : ['-S'];
  const child = spawn('qemu-system-aarch64', [...machine, ...still, ...options, '-qtest', 'stdio', '-qtest-log', 'none'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  child.on('close', () => waiting.forEach(({ reject }) => reject(new Error('QEMU ended'))));
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  const ask = (line: string) =>
    new Promise<string>((resolve, reject) => {
      waiting.push({ resolve, reject });
      child.stdin.write(`${line}\n`);
    });
  const answer = async (line: string) => (await ask(line)).split(' ')[1]!;
  return {
    read: async (pa, size) => Number(await answer(`read${letters[size]} ${pa}`)),
    write: (pa, size, value) => ask(`write${letters[size]} ${pa} ${value >>> 0}`),
    readBytes: async (pa, count) => Buffer.from((await answer(`read ${pa} ${count}`)).slice(2), 'hex'),
    writeBytes: (pa, bytes) => ask(`write ${pa} ${bytes.length} 0x${Buffer.from(bytes).toString('hex')}`),
    stop: () => child.kill(),
  };
}
