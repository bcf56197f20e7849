/** Debian's packages by apt, with its mirrors, proxies and keys; in a state folder of its own, so that the system's is left alone. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../emulator/base/user-error.ts';
import { metaPackages, type Flavour } from './catalog.ts';
import type { PackageSource, Wanted } from './source.ts';

export function hasApt(): boolean {
  return spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}

interface AptFile {
  name: string;
  file: string;
  size: number;
}

export const aptSource: PackageSource = {
  async download(wanted, folder, work) {
    const apt = new Apt(join(folder, 'apt'), work.signal);
    work.report('package lists', 0);
    await apt.update();
    const files = await apt.files(await packageNames(apt, wanted));
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const done = () => files.reduce((sum, { file, size }) => sum + Math.min(size, sizeOf(join(folder, file))), 0);
    // apt has no progress for programs: what is on disk tells.
    const timer = setInterval(() => work.report('packages', done(), total), 200);
    try {
      const missing = files.filter(({ file, size }) => sizeOf(join(folder, file)) !== size);
      if (missing.length > 0) await apt.download(missing, folder);
    } finally {
      clearInterval(timer);
    }
    return new Map(files.map(({ name, file }) => [name, join(folder, file)]));
  },
};

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
    await this.#run('apt-get', ['-qq', 'update']);
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
    const files = [...output.matchAll(/^'\S+' (\S+) (\d+)/gm)].map(([, file = '', size]) => ({
      name: file.replace(/_.*$/, ''),
      file,
      size: Number(size),
    }));
    const missing = names.find((name) => !files.some((file) => file.name === name));
    if (missing) throw new UserError('no-package', `apt has no package ${missing}`);
    return files;
  }

  async download(files: readonly AptFile[], folder: string): Promise<void> {
    await this.#run('apt-get', ['-qq', 'download', ...files.map(({ name }) => name)], folder);
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
        reject(new UserError('apt-failed', `${program} ${args.at(1) ?? args[0]}: ${reason}`));
      });
    });
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
