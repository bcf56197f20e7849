/**
 * Builds the guests of our own: `node resources/guests/build.ts`. Each folder has C, assembly and one linker script, and its ELF is
 * committed, so that nobody needs a compiler to run it. The same sources give the same bytes: no dates, no paths, no debug information.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folders beside this file. */
export const guests = ['hello'] as const;
export type Guest = (typeof guests)[number];

export const guestElf = (guest: Guest): string => join(import.meta.dirname, guest, `${guest}.elf`);

const compilerFlags = [
  ...['--target=aarch64-none-elf', '-march=armv8-a', '-mgeneral-regs-only', '-mstrict-align', '-std=c17', '-O2'],
  ...['-ffreestanding', '-fno-pic', '-fno-asynchronous-unwind-tables', '-fno-ident', '-Wall', '-Wextra', '-Werror'],
];
const linkerFlags = ['--strip-all', '--build-id=none', '-z', 'max-page-size=4096', '-z', 'noexecstack'];

/** The major version whose bytes are committed (Debian 12's): another compiler gives another program, as good but not the same. */
export const clangMajor = 14;

/** Of the clang that is installed; undefined where there is none. */
export function installedClangMajor(): number | undefined {
  const { stdout } = spawnSync('clang', ['--version'], { encoding: 'utf8' });
  const major = /version (\d+)\./.exec(stdout ?? '')?.[1];
  return major === undefined ? undefined : Number(major);
}

/** Writes the guest's ELF to `output`. Needs clang and ld.lld. */
export function buildGuest(guest: Guest, output: string): void {
  const folder = join(import.meta.dirname, guest);
  const objects = mkdtempSync(join(tmpdir(), 'pocketvisor-guest-'));
  try {
    const sources = readdirSync(folder)
      .filter((name) => /\.[cS]$/.test(name))
      .sort();
    const compiled = sources.map((source) => {
      const object = join(objects, `${source}.o`);
      execFileSync('clang', [...compilerFlags, '-c', source, '-o', object], { cwd: folder, stdio: 'inherit' });
      return object;
    });
    const script = join(folder, `${guest}.ld`);
    execFileSync('ld.lld', [...linkerFlags, '-T', script, ...compiled, '-o', output], { stdio: 'inherit' });
    chmodSync(output, 0o644);
  } finally {
    rmSync(objects, { recursive: true, force: true });
  }
}

if (import.meta.main) for (const guest of guests) buildGuest(guest, guestElf(guest));
