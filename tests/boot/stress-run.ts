/**
 * Runs programs of stress.test.ts again, and says which ways to run them differ:
 * `node tests/boot/stress-run.ts [--seed 1] [--count 1] [--episodes patchCallee,remapCode] [--rounds 8]`.
 */
import { parseArgs } from 'node:util';
import { program, runToEnd, visible } from './support/same-runs.ts';
import { errorsOf, ways } from './support/stress/check.ts';
import { type EpisodeName, episodeNames, stressProgram } from './support/stress/program.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    episodes: { type: 'string' },
    rounds: { type: 'string', default: '8' },
  },
});
const wanted = values.episodes?.split(',') as EpisodeName[] | undefined;
const unknown = wanted?.filter((name) => !episodeNames.includes(name)) ?? [];
if (unknown.length > 0) {
  console.error(`no episode ${unknown.join(', ')}; there are ${episodeNames.join(', ')}`);
  process.exit(2);
}
let failed = 0;
for (let seed = Number(values.seed), left = Number(values.count); left > 0; seed++, left--) {
  const { bytes, names, storm } = stressProgram(seed, wanted, Number(values.rounds));
  const runs = ways.map(({ name, exec, tuning }) => ({
    name,
    ...runToEnd({ ...program(bytes), exec, tuning }, { timeoutNs: 2e9 }),
  }));
  const text = runs.map(({ result }) => JSON.stringify({ ...visible(result), error: result.error?.message }));
  const errors = errorsOf((runs[0] as (typeof runs)[0]).machine);
  const isFine = text.every((one) => one === text[0]) && errors === 0 && runs[0]?.result.outcome === 'poweroff';
  if (!isFine) failed++;
  if (isFine && Number(values.count) > 1) continue;
  console.log(`seed ${seed}: ${names.join()}; interrupts ${storm ? JSON.stringify(storm) : 'none'}; ${errors} errors of its own`);
  runs.forEach(({ name, result }, n) => {
    const share = ((100 * result.tiers.hot) / result.instructions).toFixed(1);
    console.log(`  ${text[n] === text[0] ? '' : 'DIFFERS '}${name} (${share} % hot): ${text[n]}`);
  });
}
console.log(`${values.count} programs, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
