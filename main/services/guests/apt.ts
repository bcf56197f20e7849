/** Debian's packages by apt, with its mirrors, proxies and keys; in a state folder of its own, so that the system's is left alone. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { Work } from '../operations/index.ts';
import { metaPackages, type Flavour } from './catalog.ts';
import { downloadChecked } from './https.ts';
import type { PackageSource, Wanted } from './source.ts';

export function hasApt(): boolean {
  return spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}

interface AptFile {
  name: string;
  file: string;
  url: string;
  size: number;
  /** Of the signed package lists. */
  sha256: string | undefined;
}

export const aptSource: PackageSource = {
  async download(wanted, folder, work) {
    const apt = new Apt(join(folder, 'apt'), work.signal);
    work.report('package lists', 0);
    await apt.update();
    const files = await apt.files(await packageNames(apt, wanted));
    const total = files.reduce((sum, { size }) => sum + size, 0);
    let before = 0;
    for (const file of files) {
      await fetchFile(apt, file, folder, { ...work, report: (label, done) => work.report(label, before + done, total) });
      before += file.size;
    }
    return new Map(files.map(({ name, file }) => [name, join(folder, file)]));
  },
};

/** By our own download where apt's address allows it, for its progress and because it resumes; else (a proxy, another method) by apt. */
async function fetchFile(apt: Apt, file: AptFile, folder: string, { signal, report }: Work): Promise<void> {
  const { name, url, size, sha256 } = file;
  const path = join(folder, file.file);
  if (sha256 !== undefined && /^https?:/.test(url)) {
    try {
      return await downloadChecked([url], path, { size, sha256 }, { signal, report: (done) => report(name, done) });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UserError)) throw error;
    }
  }
  report(name, 0);
  await apt.download(name, folder);
}

async function packageNames(apt: Apt, { packages, kernels }: Wanted): Promise<string[]> {
  const names = [...packages];
  for (const flavour of kernels) names.push(await apt.kernel(flavour));
  return names;
}

class Apt {
  readonly #options: string[];
  readonly #lists: string;
  readonly #signal: AbortSignal;

  constructor(state: string, signal: AbortSignal) {
    this.#signal = signal;
    this.#lists = join(state, 'lists');
    mkdirSync(join(this.#lists, 'partial'), { recursive: true });
    mkdirSync(join(state, 'cache/archives/partial'), { recursive: true });
    const status = join(state, 'status');
    if (!existsSync(status)) writeFileSync(status, '');
    this.#options = [
      ...[
        'APT::Architecture=arm64',
        'APT::Architectures=arm64',
        `Dir::State::Lists=${this.#lists}`,
        `Dir::State::status=${status}`,
      ],
      ...[`Dir::Cache=${join(state, 'cache')}`, 'APT::Sandbox::User=', 'Acquire::Retries=2', 'Acquire::Languages=none'],
    ].flatMap((option) => ['-o', option]);
  }

  /** Once a day is enough. */
  async update(): Promise<void> {
    const stamp = join(this.#lists, '../updated');
    const ageMs = Date.now() - (statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (ageMs < 86_400_000) return;
    // Without this, apt takes an unreachable archive for a warning.
    await this.#run('apt-get', ['-qq', '-o', 'APT::Update::Error-Mode=any', 'update']);
    writeFileSync(stamp, '');
  }

  /** The newest kernel package of a flavour. */
  async kernel(flavour: Flavour): Promise<string> {
    const output = await this.#run('apt-cache', ['depends', metaPackages[flavour]]);
    const name = /^\s*Depends: (linux-image-\d\S*)$/m.exec(output)?.[1];
    if (!name) throw new UserError('no-package', `apt has no package ${metaPackages[flavour]}`);
    return name;
  }

  async files(names: readonly string[]): Promise<AptFile[]> {
    const output = await this.#run('apt-get', ['-qq', '--print-uris', 'download', ...names]);
    const files = [...output.matchAll(/^'(\S+)' (\S+) (\d+)(?: SHA256:([\da-f]{64}))?/gm)].map(
      ([, url = '', file = '', size, sha256]): AptFile => ({
        name: file.replace(/_.*$/, ''),
        file,
        url,
        size: Number(size),
        sha256,
      }),
    );
    const missing = names.find((name) => !files.some((file) => file.name === name));
    if (missing) throw new UserError('no-package', `apt has no package ${missing}`);
    return files;
  }

  async download(name: string, folder: string): Promise<void> {
    await this.#run('apt-get', ['-qq', 'download', name], folder);
  }

  #run(program: string, args: string[], cwd?: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, [...this.#options, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, LC_ALL: 'C' },
        signal: this.#signal,
        ...(cwd === undefined ? {} : { cwd }),
      });
      let output = '';
      let errors = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0) return resolve(output);
        const reason = /^E: (.*)$/m.exec(errors)?.[1] ?? (errors.trim().split('\n').at(-1) || `exit code ${code}`);
        reject(new UserError('apt-failed', `${program}: ${reason}`));
      });
    });
  }
}
