/**
 * What the process takes while Linux keeps changing code: `node tests/boot/long-run.ts [--seconds 600] [--every 10] [--code-pages N] [--max-entries N]
 * [--cpus 1]`. In a thread with the limits that machines have.
 */
import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isMainThread, Worker } from 'node:worker_threads';
import { threadLimits } from '../../emulator/worker/limits.ts';
import { runLongLoad, type Sample } from './support/long-load.ts';

/** Now: what a thread that never rests gives to `console` is shown at its end. */
const print = (line: string): void => void writeSync(1, `${line}\n`);

const number = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: Number(value) });

function tell(sample: Sample): void {
  const { seconds, rss, guestRam, softTlb, codePages, modules, instructions, rounds } = sample;
  const columns = [
    seconds,
    rss.toFixed(0),
    guestRam.toFixed(0),
    (rss - guestRam).toFixed(0),
    softTlb.toFixed(0),
    codePages,
    modules,
    (instructions / 1e9).toFixed(1),
    rounds,
  ];
  print(columns.map((column, n) => String(column).padStart([7, 9, 17, 9, 11, 12, 9, 16, 8][n] ?? 0)).join(''));
}

if (isMainThread) {
  const thread = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2), resourceLimits: threadLimits });
  thread.once('error', (error) => {
    throw error;
  });
} else {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '600' },
      every: { type: 'string', default: '10' },
      'code-pages': { type: 'string' },
      'max-entries': { type: 'string' },
      cpus: { type: 'string', default: '1' },
    },
  });
  const tuning = {
    ...number('codePages', values['code-pages']),
    ...number('maxEntries', values['max-entries']),
  };
  print('seconds  RSS MiB  of it guest RAM  the rest  soft TLBs  code pages  modules  G instructions  rounds');
  runLongLoad(Number(values.seconds), Number(values.every), { exec: 'auto', tuning, cpus: Number(values.cpus) }, tell);
}
