/**
 * What `npm start` does: the desktop window where Electron's binary is there or can be had, otherwise the same workstation in a browser.
 * `--dev` (`npm run dev`) starts it with hot reload where there is a window.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const modules = join(root, 'node_modules');
const args = process.argv.slice(2).filter((arg) => arg !== '--dev');

if (hasElectron() || fetchElectron()) {
  run(process.execPath, [join(modules, '@electron-forge/cli/dist/electron-forge.js'), 'start', ...args]);
} else {
  console.log(
    'The desktop window needs the Electron binary, which could not be fetched: opening the workstation for a browser instead.',
  );
  if (spawnSync('npm', ['run', '--silent', 'build:renderer'], { cwd: root, stdio: 'inherit' }).status !== 0) process.exit(5);
  run(process.execPath, [join(root, 'main/cli/main.ts'), 'serve', ...args]);
}

/** Electron's package notes the name of its binary in `path.txt` once it was fetched. */
function hasElectron(): boolean {
  const note = join(modules, 'electron/path.txt');
  return existsSync(note) && existsSync(join(modules, 'electron/dist', readFileSync(note, 'utf8').trim()));
}

function fetchElectron(): boolean {
  const installer = join(modules, 'electron/install.js');
  if (!existsSync(installer)) return false;
  spawnSync(process.execPath, [installer], { stdio: 'ignore', timeout: 120_000 });
  return hasElectron();
}

function run(program: string, programArgs: string[]): void {
  const child = spawn(program, programArgs, { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}
