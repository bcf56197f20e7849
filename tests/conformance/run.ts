/**
 * Compares rows with qemu-aarch64 while they are being written:
 * `node tests/conformance/run.ts [--row NAME] [--match REGEX] [--cases 300] [--seed 1] [--show 3] [--programs] [--tier hot|auto]`.
 */
import { parseArgs } from 'node:util';
import { rows } from '../../emulator/isa/a64/index.ts';
import type { Tier } from './support/ours.ts';
import { report, runPrograms, runRows } from './support/runner.ts';

const { values } = parseArgs({
  options: {
    row: { type: 'string' },
    match: { type: 'string', default: '' },
    cases: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    programs: { type: 'boolean', default: false },
    show: { type: 'string', default: '3' },
    /** `loop`, `functions`, `hot` or `auto`; the first two without it. */
    tier: { type: 'string' },
  },
});
const match = new RegExp(values.match);
const chosen = rows.filter(({ name }) => (values.row ? name === values.row : match.test(name)));
const started = performance.now();
const { cases, failures, perRow, hotShare } = (values.programs ? runPrograms : runRows)(chosen, {
  seed: Number(values.seed),
  count: Number(values.cases),
  ...(values.tier ? { tiers: [values.tier as Tier] } : {}),
});
const failed = Map.groupBy(failures, ({ one }) => one.row);
for (const [row, list] of failed) {
  console.log(`${row.name}: ${list.length} of ${perRow.get(row)} cases differ`);
  for (const failure of list.slice(0, Number(values.show))) console.log(report(failure));
}
for (const [tier, share] of Object.entries(hotShare))
  if (share > 0) console.log(`${tier}: ${(share * 100).toFixed(2)} % ran hot`);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`${chosen.length} rows, ${cases} cases, ${failures.length} differ in ${failed.size} rows, ${seconds} s`);
process.exitCode = failures.length > 0 ? 1 : 0;
