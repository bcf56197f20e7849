import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bundle, bundleFolder } from '../../main/services/bundle.ts';
import { isStale } from './stale.ts';

/** The top of the checkout. */
export const root = join(import.meta.dirname, '../..');

/** What has to be built before the tool runs or is tested; each is one npm script. */
export interface Target {
  readonly script: string;
  /** The files without which there is nothing to build. */
  readonly needs: readonly string[];
  readonly sources: readonly string[];
  output(): string;
  /** Where times of sources and output do not say it. */
  isStale?(): boolean;
}

export const runtime: Target = {
  script: 'build:runtime',
  needs: ['emulator/runtime/index.ts', 'emulator/runtime/asconfig.json'],
  sources: ['emulator/runtime', 'emulator/state'],
  output() {
    const config = JSON.parse(readFileSync(join(root, 'emulator/runtime/asconfig.json'), 'utf8')) as AscConfig;
    const file = config.options?.outFile ?? config.targets?.['release']?.outFile ?? 'emulator/runtime/dist/runtime.wasm';
    // A path in the configuration may be relative to its own folder or to the top.
    return [join('emulator/runtime', file), file].find((path) => existsSync(join(root, path))) ?? file;
  },
};

export const renderer: Target = {
  script: 'build:renderer',
  needs: ['renderer/vite.config.ts', 'renderer/index.html'],
  sources: ['renderer', 'main/contract'],
  output: () => 'renderer/dist',
};

/** What main/services/bundle.ts looks for. */
export const commandLine: Target = {
  script: 'build:cli',
  needs: ['main/cli/command-line.ts', 'emulator/worker/node.ts'],
  sources: ['main', 'emulator'],
  output: () => relative(root, bundleFolder),
  isStale: () => bundle('command-line') === undefined,
};

interface AscConfig {
  options?: { outFile?: string };
  targets?: Record<string, { outFile?: string }>;
}

/**
 * Runs the target's npm script when its output is missing or older than its sources. Answers false when the script failed; a target
 * whose files are not there has nothing to build.
 */
export function buildIfStale(target: Target): boolean {
  if (!target.needs.every((path) => existsSync(join(root, path)))) return true;
  const sources = [...target.sources, 'package.json'].map((path) => join(root, path));
  if (!(target.isStale?.() ?? isStale(join(root, target.output()), sources))) return true;
  return spawnSync('npm', ['run', '--silent', target.script], { cwd: root, stdio: 'inherit' }).status === 0;
}
