/**
 * What `pocketvisor run` takes while Linux keeps changing code: `node tests/boot/long-run.ts [--seconds 600] [--every 10] [-- OPTIONS]`, on Linux.
 * Options are passed on: `-- --threads auto --cpus 2`.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../resources/build/targets.ts';
import { guestFile } from '../support/guests.ts';
import { initrd } from './support/debian.ts';
import { load } from './support/long-load.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '600' }, every: { type: 'string', default: '10' } },
});
const MEMORY_MIB = 192;
const files = ['--kernel', guestFile('Image-cloud') ?? '', '--initrd', guestFile(initrd) ?? ''];
const script = ['--append', 'console=ttyAMA0', '--send', `/ # =>${load}\\n`, '--wall', `${values.seconds}s`];
const args = ['run', '--memory', `${MEMORY_MIB}M`, ...files, ...script, ...positionals];
// The launcher becomes the process that runs the machine.
const child = spawn(join(root, 'pocketvisor'), args, { stdio: ['ignore', 'pipe', 'inherit'] });
let rounds = 0;
child.stdout.on('data', (bytes: Buffer) => {
  rounds = Number(/.*round (\d+)/s.exec(bytes.toString())?.[1] ?? rounds);
});
const start = performance.now();
console.log('seconds  RSS MiB  over guest RAM  rounds');
const timer = setInterval(
  () => {
    const rss = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
    const columns = [Math.round((performance.now() - start) / 1000), rss.toFixed(0), (rss - MEMORY_MIB).toFixed(0), rounds];
    console.log(columns.map((column, n) => String(column).padStart([7, 9, 16, 8][n] ?? 0)).join(''));
  },
  Number(values.every) * 1000,
);
child.on('close', () => clearInterval(timer));
