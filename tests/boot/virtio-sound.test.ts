/** Linux plays a sine on virtio's sound card, and what was played is in the file, sample for sample and in its time. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { appendFileSync } from 'node:fs';
import { expect } from 'vitest';
import { writeCpio } from '../../main/services/guests/cpio.ts';
import { readWav } from '../../main/services/sound/wav.ts';
import { guestFile } from '../support/guests.ts';
import { run } from '../support/pocketvisor.ts';
import { scratchFolder } from '../support/scratch.ts';
import { bootTest } from './support/boot-test.ts';
import { initrd, limits } from './support/debian.ts';
import { networkInitrd } from './support/network.ts';

const folder = scratchFolder();
const FRAMES = 48_000;

/** As play-sine.c has it. */
function sine(frames: number): Buffer {
  const samples = Buffer.alloc(4 * frames);
  let [a, b] = [0, 1000 << 8];
  for (let n = 0; n < frames; n++) {
    a += Math.trunc(b / 16);
    b -= Math.trunc(a / 16);
    const sample = ((a >> 8) << 16) >> 16;
    samples.writeInt16LE(sample, 4 * n);
    samples.writeInt16LE(-sample, 4 * n + 2);
  }
  return samples;
}

bootTest(
  'a sine that the guest plays is in the file',
  { guests: ['Image-full', initrd], packages: ['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross'] },
  async () => {
    const [program, wav] = [join(folder, 'play-sine'), join(folder, 'out.wav')];
    const source = new URL('support/play-sine.c', import.meta.url).pathname;
    execFileSync('aarch64-linux-gnu-gcc', ['-O1', '-static', '-o', program, source]);
    const disk = networkInitrd(folder, 'sound', ['cat /proc/asound/cards', 'play-sine']);
    const added = writeCpio([{ kind: 'file', path: 'bin/play-sine', bytes: readFileSync(program), executable: true }]);
    appendFileSync(disk, gzipSync(added));
    const { code, console } = await run(
      ...['--kernel', guestFile('Image-full') ?? '', '--initrd', disk, '--append', 'console=ttyAMA0', '--sound-out', wav],
      ...limits,
    );
    expect(code, console.slice(-2000)).toBe(0);
    // A second of sound takes a second of virtual time.
    const played = Number(/^PLAYED (\d+) ms$/m.exec(console)?.[1]);
    expect(played).toBeGreaterThanOrEqual(1000);
    expect(played).toBeLessThan(1030);
    const sound = readWav(readFileSync(wav));
    if (typeof sound === 'string') throw new Error(sound);
    expect(sound.format).toEqual({ sample: 's16', channels: 2, rate: 48_000 });
    expect(Buffer.compare(Buffer.from(sound.bytes), sine(FRAMES))).toBe(0);
  },
);
