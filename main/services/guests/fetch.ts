/** Fetching: packages, out of them kernels and initial RAM disks. A guest appears under its name only when it is whole. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { Work } from '../operations/index.ts';
import { aptSource, hasApt } from './apt.ts';
import { flavourOf, flavours, type CatalogEntry, type Flavour } from './catalog.ts';
import { extractPackage } from './extract.ts';
import { httpsSource } from './https.ts';
import { fullInitramfs, miniInitramfs, type Roots } from './initramfs.ts';
import type { PackageSource, Wanted } from './source.ts';

export interface FetchOptions extends Work {
  folder: string;
  /** Where to get packages; apt where there is one, then HTTPS. */
  sources?: readonly PackageSource[];
}

/** Within the folder of guests: what was downloaded. */
export const packagesFolder = '.packages';

export async function fetchEntries(entries: readonly CatalogEntry[], options: FetchOptions): Promise<void> {
  const { folder, signal, report } = options;
  const cache = join(folder, packagesFolder);
  const unpacked = join(cache, 'unpacked');
  makeFolder(cache);
  const wanted: Wanted = {
    packages: [...new Set(entries.flatMap(({ packages }) => packages))],
    kernels: flavours.filter((flavour) => entries.some(({ kernels }) => kernels.includes(flavour))),
  };
  const files = await download(wanted, cache, options);
  try {
    const roots = new Map<string, string>();
    for (const [name, deb] of files) {
      signal.throwIfAborted();
      report(`unpacking ${name}`, 0);
      const root = join(unpacked, name);
      rmSync(root, { recursive: true, force: true });
      await extractPackage(deb, root, signal);
      roots.set(name, root);
    }
    for (const { name } of entries) {
      signal.throwIfAborted();
      report(`making ${name}`, 0);
      await make(name, roots, join(folder, name));
    }
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

async function download(wanted: Wanted, cache: string, options: FetchOptions): Promise<Map<string, string>> {
  const sources = options.sources ?? (hasApt() ? [aptSource, httpsSource] : [httpsSource]);
  const failures: string[] = [];
  for (const source of sources) {
    try {
      return await source.download(wanted, cache, options);
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof UserError)) throw error;
      failures.push(error.message);
    }
  }
  throw new UserError('not-fetched', failures.join('; '), { hint: 'is there a network? What was received is kept: try again' });
}

async function make(name: string, roots: Roots, path: string): Promise<void> {
  const temporary = `${path}.part`;
  if (name.startsWith('Image-')) {
    copyFileSync(kernelOf(roots, name.slice('Image-'.length) as Flavour), temporary);
  } else if (name === 'xen') {
    copyFileSync(xenOf(roots), temporary);
  } else {
    const archive = name === 'initramfs.cpio.gz' ? fullInitramfs(roots) : miniInitramfs(roots);
    writeFileSync(temporary, await promisify(gzip)(archive, { level: 6 }));
  }
  renameSync(temporary, path);
}

function kernelOf(roots: Roots, flavour: Flavour): string {
  for (const [name, root] of roots) {
    if (flavourOf(name) !== flavour) continue;
    const boot = join(root, 'boot');
    const file = readdirSync(boot).find((entry) => entry.startsWith('vmlinuz-'));
    if (file) return join(boot, file);
  }
  throw new UserError('no-package', `the packages have no kernel of the flavour ${flavour}`);
}

function xenOf(roots: Roots): string {
  for (const root of roots.values()) {
    const boot = join(root, 'boot');
    const file = existsSync(boot) && readdirSync(boot).find((entry) => /^xen-[\d.]+-arm64$/.test(entry));
    if (file) return join(boot, file);
  }
  throw new UserError('no-package', 'the packages have no Xen');
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UserError('unwritable', `${folder}: ${(error as Error).message}`, { hint: 'choose another folder with --dir' });
  }
}
