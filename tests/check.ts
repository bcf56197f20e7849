/** What `npm run check` does: types of every environment, lint, import directions, format. All are run; any failure is one. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../resources/build/targets.ts';

const modules = join(root, 'node_modules');
const tsc = join(modules, '@typescript/native/bin/tsc');

const checks: readonly [name: string, program: string, ...args: string[]][] = [
  ['types emulator', tsc, '--pretty', 'false', '-p', 'emulator/tsconfig.json'],
  ['types main', tsc, '--pretty', 'false', '-p', 'main/tsconfig.json'],
  ['types tests', tsc, '--pretty', 'false', '-p', 'tests/tsconfig.json'],
  ['types renderer', join(modules, 'vue-tsc/bin/vue-tsc.js'), '--pretty', 'false', '-p', 'renderer/tsconfig.json'],
  ['lint', join(modules, 'oxlint/bin/oxlint'), '--deny-warnings', '--format=unix'],
  [
    'boundaries',
    join(modules, 'dependency-cruiser/bin/dependency-cruise.mjs'),
    ...['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'emulator', 'main', 'renderer', 'forge.config.ts'],
  ],
  ['format', join(modules, 'prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
];

let failed = 0;
for (const [name, program, ...args] of checks) {
  const started = performance.now();
  const { code, output } = await run(program, args);
  // TS18003: a folder that has no sources yet.
  const empty = /error TS18003/.test(output);
  const ok = code === 0 || empty;
  if (!ok) failed++;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} ${Math.round(performance.now() - started)} ms`);
  if (!ok) console.log(output.trimEnd().replace(/^/gm, '     '));
}
process.exitCode = failed ? 1 : 0;

function run(program: string, args: string[]): Promise<{ code: number; output: string }> {
  if (!existsSync(program)) return Promise.resolve({ code: 1, output: `${program} is not there: run npm ci` });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
