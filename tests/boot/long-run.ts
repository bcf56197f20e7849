/**
 * What the process takes while Linux keeps changing code: `node tests/boot/long-run.ts [--seconds 600] [--every 10] [--code-pages N] [--max-entries N]
 * [--cpus 1]`.
 */
import { parseArgs } from 'node:util';
import { runLongLoad } from './support/long-load.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    every: { type: 'string', default: '10' },
    'code-pages': { type: 'string' },
    'max-entries': { type: 'string' },
    cpus: { type: 'string', default: '1' },
  },
});
const number = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: Number(value) });
const tuning = { ...number('codePages', values['code-pages']), ...number('maxEntries', values['max-entries']) };
console.log('seconds  RSS MiB  of it guest RAM  soft TLBs  code pages  modules  G instructions  rounds');
runLongLoad(Number(values.seconds), Number(values.every), { exec: 'auto', tuning, cpus: Number(values.cpus) }, (sample) => {
  const { seconds, rss, guestRam, softTlb, codePages, modules, instructions, rounds } = sample;
  const columns = [
    seconds,
    rss.toFixed(0),
    guestRam.toFixed(0),
    softTlb.toFixed(0),
    codePages,
    modules,
    (instructions / 1e9).toFixed(1),
    rounds,
  ];
  console.log(columns.map((column, n) => String(column).padStart([7, 9, 17, 11, 12, 9, 16, 8][n] ?? 0)).join(''));
});
