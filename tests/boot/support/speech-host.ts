/** Programs of this machine beside the guests' speech codec: our own sources built for it, and Debian's libgsm. Needs clang and libgsm1-dev. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../resources/build/targets.ts';

export interface SpeechHost {
  /** The lines of the guest `vectors`, or of speech alone by libgsm. */
  lines(who: 'ours' | 'libgsm', frames: number): string[];
  /** What libgsm makes of so many frames of silence, then of the signal `voice` from its start, and so on in turns: 33 bytes each. */
  call(lengths: readonly number[]): Buffer;
  close(): void;
}

export function buildSpeechHost(): SpeechHost {
  const folder = mkdtempSync(join(tmpdir(), 'pocketvisor-speech-'));
  const guests = join(root, 'resources/guests');
  const program = join(folder, 'host');
  const sources = ['lib/gsm0610', 'lib/a51', 'lib/aes', 'lib/sha256', 'lib/signals', 'vectors'].flatMap((from) =>
    readdirSync(join(guests, from))
      .filter((name) => name.endsWith('.c') && name !== 'main.c')
      .map((name) => join(guests, from, name)),
  );
  const flags = ['-std=c17', '-O2', '-Wall', '-Wextra', '-Werror', '-o', program];
  execFileSync('clang', [
    ...flags,
    join(import.meta.dirname, 'speech-host.c'),
    ...sources,
    join(guests, 'hello/text.c'),
    '-lgsm',
  ]);
  const run = (...args: (string | number)[]): Buffer => execFileSync(program, args.map(String), { maxBuffer: 2 ** 28 });
  return {
    lines: (who, frames) => run(who, frames).toString().trimEnd().split('\n'),
    call: (lengths) => run('call', ...lengths),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
