/** The guests of tests/boot/broken: built when they are stale. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { isStale } from '../../../resources/build/stale.ts';
import { root } from '../../../resources/build/targets.ts';

const folder = join(root, 'tests/boot/broken');

/** The ELF file of a guest, with its symbols. Needs gcc-aarch64-linux-gnu. */
export function brokenGuest(name: string): string {
  const program = join(root, `.cache/broken/${name}.elf`);
  if (!isStale(program, [folder])) return program;
  mkdirSync(join(program, '..'), { recursive: true });
  const own = `${program}.${process.pid}`;
  const flags = [
    '-nostdlib',
    '-static',
    '-march=armv8-a',
    '-Wl,-T,image.ld',
    '-Wl,--build-id=none',
    '-Wl,--no-warn-rwx-segments',
  ];
  execFileSync('aarch64-linux-gnu-gcc', [...flags, '-o', own, `${name}.S`], { cwd: folder, stdio: 'pipe' });
  renameSync(own, program);
  return program;
}

export const brokenImage = (name: string): Uint8Array => new Uint8Array(readFileSync(brokenGuest(name)));
