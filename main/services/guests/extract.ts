/** Unpacks a Debian package: by `dpkg-deb` where there is one, else its inner archive by `tar`. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../../emulator/base/user-error.ts';

export async function extractPackage(deb: string, folder: string, signal: AbortSignal): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (has('dpkg-deb')) return run('dpkg-deb', ['-x', deb, folder], signal);
  if (!has('tar')) {
    throw new UserError('no-unpacker', 'neither dpkg-deb nor tar is installed here', { hint: 'install one of them' });
  }
  const { name, bytes } = dataMember(deb, readFileSync(deb));
  const archive = join(folder, name);
  writeFileSync(archive, bytes);
  try {
    // tar recognises the compression by itself.
    await run('tar', ['-xf', archive, '-C', folder], signal);
  } finally {
    rmSync(archive);
  }
}

/** The member `data.tar.*` of an ar archive (deb(5)). */
export function dataMember(deb: string, bytes: Buffer): { name: string; bytes: Buffer } {
  const broken = () =>
    new UserError('corrupt', `${basename(deb)} is not a Debian package`, { hint: 'delete it and fetch again' });
  if (bytes.toString('latin1', 0, 8) !== '!<arch>\n') throw broken();
  for (let at = 8; at + 60 <= bytes.length;) {
    const name = bytes.toString('latin1', at, at + 16).replace(/\/?\s*$/, '');
    const size = Number(bytes.toString('latin1', at + 48, at + 58));
    if (!Number.isSafeInteger(size) || at + 60 + size > bytes.length) throw broken();
    if (name.startsWith('data.tar')) return { name, bytes: bytes.subarray(at + 60, at + 60 + size) };
    at += 60 + size + (size & 1);
  }
  throw broken();
}

function has(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

function run(program: string, args: string[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], signal });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const reason = errors.trim().split('\n').at(-1) || `exit code ${code}`;
      reject(new UserError('not-unpacked', `${program} ${basename(args[1] ?? '')}: ${reason}`));
    });
  });
}
