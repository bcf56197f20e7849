/** A guest plays a sine on virtio's sound card: it is in the file sample for sample, and took its time. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readWav } from '../../main/services/sound/wav.ts';
import { pocketvisor, run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';

const folder = scratchFolder();
const RATE = 48_000;
const limits = ['--timeout', '10s', '--wall', '200s'];

/** As play-sine.c has it. */
function sine(frames: number): Buffer {
  const samples = Buffer.alloc(4 * frames);
  let [a, b] = [0, 1000 << 8];
  for (let n = 0; n < frames; n++) {
    a += b >> 4;
    b -= a >> 4;
    samples.writeInt16LE(a >> 8, 4 * n);
    samples.writeInt16LE(-(a >> 8), 4 * n + 2);
  }
  return samples;
}

function build(): string {
  const program = join(folder, 'play-sine.elf');
  const flags = ['-ffreestanding', '-nostdlib', '-static', '-O1', '-Wall', '-Werror', '-mstrict-align', '-mgeneral-regs-only'];
  const link = ['-fno-pic', '-no-pie', '-fno-stack-protector', '-Wl,-T,image.ld,--build-id=none,--no-warn-rwx-segments'];
  const cwd = new URL('sound', import.meta.url).pathname;
  execFileSync('aarch64-linux-gnu-gcc', [...flags, ...link, '-o', program, 'play-sine.c'], { cwd, stdio: 'pipe' });
  return program;
}

const needs = { packages: ['gcc-aarch64-linux-gnu'] } as const;

bootTest('what a guest plays is in the file, bit for bit, and takes its time', needs, async () => {
  const [program, wav] = [build(), join(folder, 'out.wav')];
  const first = await run('--kernel', program, '--sound-out', wav, ...limits);
  expect(first.code, first.console + first.errors).toBe(0);
  // A second, and what the request to start and the last wait take: 50 us at most.
  const tookUs = Number(/^PLAYED (\d+) us$/m.exec(first.console)?.[1]);
  expect(tookUs).toBeGreaterThanOrEqual(1_000_000);
  expect(tookUs).toBeLessThan(1_000_150);
  const sound = readWav(readFileSync(wav));
  if (typeof sound === 'string') throw new Error(sound);
  expect(sound.format).toEqual({ sample: 's16', channels: 2, rate: RATE });
  expect(Buffer.compare(Buffer.from(sound.bytes), sine(RATE))).toBe(0);

  const again = await run('--kernel', program, '--sound-in', wav, ...limits);
  expect(again.report.virtualNs).toBe(first.report.virtualNs);
});

bootTest("QEMU's options for it", { ...needs, long: true }, async () => {
  const wav = join(folder, 'qemu.wav');
  const { code, output, errors } = await pocketvisor(
    ...['qemu', '-M', 'virt', '-nographic', '-global', 'virtio-mmio.force-legacy=false', '-kernel', build()],
    ...['-audiodev', `wav,id=a,path=${wav}`, '-device', 'virtio-sound-device,audiodev=a'],
  );
  expect(code, output + errors).toBe(0);
  expect(readFileSync(wav).subarray(44).equals(sine(RATE))).toBe(true);
});
