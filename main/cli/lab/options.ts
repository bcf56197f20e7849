import type { Script } from '../../../emulator/machine/types.ts';
import { optionError } from '../failure.ts';
import type { RunOptions } from '../run/options.ts';
import { buildScript } from '../run/plan.ts';

/** Options of `run` that mean something for several machines, which are described in the file. */
const known: readonly (keyof RunOptions)[] = [
  ...(['exec', 'send', 'expect', 'fail', 'timeout', 'wall', 'console', 'capture', 'json'] as const),
  // As it is anyway.
  ...(['threads', 'speed'] as const),
];

/** Refuses by name what a lab cannot do. */
export function checkOptions(options: RunOptions): void {
  for (const key of Object.keys(options) as (keyof RunOptions)[]) {
    const option = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (!known.includes(key))
      throw optionError(option, 'not for a lab of several machines', 'machines are described in the file');
  }
  if (options.threads === 'auto')
    throw optionError('--threads', 'the machines of a lab take turns in one thread', 'use --threads 1');
  if (options.speed !== undefined && options.speed !== 'max') throw optionError('--speed', 'a lab runs as fast as it can', 'max');
}

/** The conditions for each machine: `NAME:` is before a pattern. Without a name `--fail` is about all of them. */
export function scriptsOf(names: readonly string[], options: RunOptions): (machine: string) => Script {
  const parts = (option: '--send' | '--expect' | '--fail', texts: readonly string[] = []) =>
    texts.map((text) => {
      const name = names.find((each) => text.startsWith(`${each}:`));
      if (name === undefined && option !== '--fail') {
        throw optionError(option, `${JSON.stringify(text)} does not say of which machine`, `${names[0]}:${text}`);
      }
      return { name, text: name === undefined ? text : text.slice(name.length + 1) };
    });
  const [sends, expects, fails] = [
    parts('--send', options.send),
    parts('--expect', options.expect),
    parts('--fail', options.fail),
  ];
  const made = new Map(
    names.map((machine) => {
      const own = (list: typeof sends) => list.filter(({ name }) => (name ?? machine) === machine).map(({ text }) => text);
      const { timeout } = options;
      const script = { send: own(sends), expect: own(expects), fail: own(fails), ...(timeout === undefined ? {} : { timeout }) };
      return [machine, buildScript(script)];
    }),
  );
  return (machine) => made.get(machine)!;
}
