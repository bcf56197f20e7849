/** Debian's packages over HTTPS, by pinned hashes: from the archive, or from the snapshot archive once the archive has newer ones. */
import { createHash } from 'node:crypto';
import { createReadStream, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../../../emulator/base/user-error.ts';
import { flavourOf } from './catalog.ts';
import { pins, snapshotTime, type PinnedPackage } from './pins.ts';
import type { PackageSource, Wanted } from './source.ts';

export const httpsSource: PackageSource = {
  async download(wanted, folder, work) {
    const chosen = pins.filter((pin) => isWanted(pin, wanted));
    const total = chosen.reduce((sum, { size }) => sum + size, 0);
    const files = new Map<string, string>();
    let before = 0;
    for (const pin of chosen) {
      const path = join(folder, basename(pin.path));
      await downloadChecked(urlsOf(pin), path, pin, {
        signal: work.signal,
        report: (done) => work.report(pin.name, before + done, total),
      });
      before += pin.size;
      files.set(pin.name, path);
    }
    return files;
  },
};

function isWanted({ name }: PinnedPackage, { packages, kernels }: Wanted): boolean {
  const flavour = flavourOf(name);
  return flavour ? kernels.includes(flavour) : packages.includes(name);
}

function urlsOf({ archive, path }: PinnedPackage): string[] {
  return [`https://deb.debian.org/${archive}/${path}`, `https://snapshot.debian.org/archive/${archive}/${snapshotTime}/${path}`];
}

interface Download {
  signal: AbortSignal;
  report(done: number): void;
}

/** Downloads from the first place that has the file, goes on where an earlier attempt ended, and accepts only the expected bytes. */
export async function downloadChecked(
  urls: readonly string[],
  path: string,
  expected: { size: number; sha256: string },
  download: Download,
): Promise<void> {
  if (sizeOf(path) === expected.size && (await sha256Of(path)) === expected.sha256) return download.report(expected.size);
  const part = `${path}.part`;
  if (sizeOf(part) > expected.size) rmSync(part);
  const failures: string[] = [];
  for (const url of urls) {
    const failure = await attempt(url, part, expected.size, download);
    if (failure === undefined) {
      if ((await sha256Of(part)) === expected.sha256) return renameSync(part, path);
      rmSync(part);
      failures.push(`${new URL(url).host}: the bytes are not the expected ones`);
    } else failures.push(`${new URL(url).host}: ${failure}`);
  }
  throw new UserError('not-fetched', `could not fetch ${basename(path)}: ${failures.join('; ')}`, {
    hint: 'is there a network?',
  });
}

/** Answers why it failed; what was received is kept for the next attempt. */
async function attempt(url: string, part: string, size: number, { signal, report }: Download): Promise<string | undefined> {
  let done = sizeOf(part);
  if (done === size) return undefined;
  try {
    const response = await fetch(url, { signal, headers: done > 0 ? { range: `bytes=${done}-` } : {} });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      return `HTTP ${response.status}`;
    }
    // A server that does not know ranges sends everything anew.
    const resumed = response.status === 206;
    if (!resumed) done = 0;
    const file = await open(part, resumed ? 'a' : 'w');
    try {
      const reader = response.body.getReader();
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        await file.write(chunk.value);
        done += chunk.value.length;
        report(done);
        if (done > size) return 'there is more than expected';
      }
    } finally {
      await file.close();
    }
    return done === size ? undefined : 'the connection ended early';
  } catch (error) {
    signal.throwIfAborted();
    const { message, cause } = error as Error;
    if (!(cause instanceof Error)) return message;
    const { code } = cause as NodeJS.ErrnoException;
    return code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'its address is not known here' : cause.message;
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
