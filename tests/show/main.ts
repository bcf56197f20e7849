/** `npm run show`: what the product is good for, with figures. Exit code 1 when one misses its goal, 2 for a wrong command line. */
import { parseArgs } from 'node:util';
import { buildIfStale, commandLine, runtime } from '../../resources/build/targets.ts';
import { reportOf, reportText } from './report.ts';
import { shows } from './shows.ts';

const usage = 'npm run show -- NAME [--short] [--control] [--json]';

function fail(message: string): never {
  console.error(`show: ${message}\n${usage}`);
  process.exit(2);
}

function options() {
  try {
    const flag = { type: 'boolean', default: false } as const;
    return parseArgs({ allowPositionals: true, options: { short: flag, control: flag, json: flag } });
  } catch (error) {
    return fail((error as Error).message);
  }
}

const { values, positionals } = options();
const [name, ...rest] = positionals;
if (name === undefined) {
  const width = Math.max(...shows.map((show) => show.name.length));
  if (values.json) console.log(JSON.stringify(shows.map(({ name, summary, control }) => ({ name, summary, control }))));
  else console.log([usage, '', ...shows.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)].join('\n'));
} else {
  const show = shows.find((other) => other.name === name);
  if (!show) fail(`no show is called ${name}; there are ${shows.map(({ name }) => name).join(', ')}`);
  if (rest.length > 0) fail(`one show at a time, not ${positionals.join(' ')}`);
  const missing = show.missing?.();
  if (missing !== undefined) fail(missing);
  if (!buildIfStale(runtime) || !buildIfStale(commandLine)) {
    console.error('show: the build failed (see above)');
    process.exit(1);
  }
  const live = process.stderr.isTTY && !values.json;
  const progress = (text: string) => live && process.stderr.write(`\r\x1b[K${text}`);
  const report = reportOf(show, await show.run({ ...values, progress }), values);
  progress('');
  if (!values.json) console.log(`${show.summary}${values.control ? `\ncontrol: ${show.control}` : ''}\n`);
  console.log(values.json ? JSON.stringify(report) : reportText(report));
  process.exitCode = report.ok ? 0 : 1;
}
