import type { Figure, Show } from '../show.ts';
import { attacksIn, attackTable, countOf, groups, triesOf } from './attacks.ts';
import { setScene, type Scene } from './scene.ts';
import { trustedBase } from './trusted-base.ts';
import { foundAt, Witness } from './witness.ts';

/** Of each of the attacker's commonest attacks; of others an eighth. */
const TRIES = { short: 10_000, long: 1_000_000 };
const STEP_NS = 20e6;
/** The attacker's part begins anew, and so often in all. */
const LIVES = 3;
const MOST_LINES = 10_000;

export const isolation: Show = {
  name: 'isolation',
  summary: 'an attacker tries everything: nothing of others is read or changed, and their deadlines hold',
  control: "the attacker's file grants it what the victim keeps",
  run({ short, control, progress }) {
    const tries = short ? TRIES.short : TRIES.long;
    const scene = setScene(tries, control);
    const { consoles, machine } = scene;
    const cells = machine.hardware.hosted!.hypervisor.cells;
    const attacker = () => consoles['attacker'] as string;
    const until = (what: string, over: () => boolean): void => {
      do progress(`${what}, ${(machine.nowNs / 1e9).toFixed(1)} s`);
      while (!over() && scene.run(STEP_NS));
    };
    until('the victim fills its memory', () => /round 1,/.test(consoles['victim'] as string));
    const witness = new Witness(scene);
    until(lastLine(attacker()), () => attacker().includes('attacker done'));
    // Before it begins anew, for that clears what it has.
    const found = foundAt(scene);
    until('the attacker begins anew', () => cells.every(({ name, state }) => name !== 'attacker' || state === 'off'));
    // Somebody looks once more.
    scene.run(5 * STEP_NS);

    const { result, attacks } = { result: machine.result(0), attacks: attacksIn(attacker()) };
    const lines = trustedBase();
    return Promise.resolve({
      figures: [
        ...Object.entries(groups).map(([name, names]) => triesFigure(name, triesOf(attacks, names), tries)),
        none('bytes of the victim that changed', witness.changed, `of ${witness.bytes.toLocaleString('en-US')}, by SHA-256`),
        none('words and registers that the victim misses', changesIn(consoles['victim'] as string)),
        none('stage 2 tables that changed', witness.tablesStand ? 0 : 1),
        none('secrets found with the attacker', sum(Object.values(found)), listOf(found)),
        none('switches behind which something of others was left', countOf(attacks, 'LEAKED')),
        ...livesFigures(attacker()),
        ...deadlineFigures(scene),
        none('cells that failed', cells.filter(({ state }) => state === 'failed').length),
        none('exceptions of ours', result.error ? 1 : 0, result.error?.message ?? ''),
        {
          name: 'lines of the trusted base',
          value: sum(lines.map((part) => part.lines)),
          goal: { atMost: MOST_LINES },
          note: listOf(Object.fromEntries(lines.map((part) => [part.name, part.lines]))),
        },
      ],
      details: attackTable(attacks),
    });
  },
};

const none = (name: string, value: number, note?: string): Figure => ({
  name,
  value,
  goal: { is: 0 },
  ...(note ? { note } : {}),
});
const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
const lastLine = (console: string): string => console.trimEnd().split('\n').at(-1) ?? '';
const listOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count.toLocaleString('en-US')}`)
    .join(', ');

/** Calls and accesses as often as was asked for; what is dear less often, but never not at all. */
function triesFigure(name: string, value: number, tries: number): Figure {
  const common = value >= tries;
  return { name, value, goal: { atLeast: common ? tries : Math.floor(tries / 64) } };
}

/** What the victim misses, by its own account. */
function changesIn(console: string): number {
  const counts = [...console.matchAll(/CHANGED (\d+)|(\d+) changed/g)].map(([, changed, inRound]) => Number(changed ?? inRound));
  const isWell = /round [1-9]\d*, 0 changed/.test(console) && !console.includes('FAULT');
  return isWell ? sum(counts) : Number.NaN;
}

/** What the attacker finds in its memory at the beginning of each life. */
function livesFigures(console: string): Figure[] {
  const left = [...console.matchAll(/life \d+, (\d+) words left/g)].map(([, words]) => Number(words));
  return [
    { name: 'lives of the attacker', value: left.length, goal: { is: LIVES } },
    none('words left to it from another life', sum(left)),
  ];
}

/** What the cell with a deadline says, and that it was not kept from saying it. */
function deadlineFigures({ consoles, machine }: Scene): Figure[] {
  const told = [
    ...(consoles['deadline'] as string).matchAll(
      /(\d+) periods, (\d+) missed, starts (\d+) ns late at worst, ends at (\d+), (\d+) bells\n/g,
    ),
  ].at(-1);
  const [periods, missed, start, end, bells] = (told?.slice(1) ?? Array.from({ length: 5 }, () => Number.NaN)).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const elapsedMs = Math.floor(machine.nowNs / 1e6);
  return [
    {
      name: 'periods of a millisecond',
      value: periods,
      goal: { atLeast: elapsedMs - 350 },
      note: `${elapsedMs} ms passed; it tells every 250`,
    },
    none('deadlines missed in them', missed),
    { name: 'latest start', value: start / 1000, unit: 'us', goal: { atMost: 58 } },
    { name: 'latest end', value: end / 1000, unit: 'us', goal: { atMost: 200 }, note: `${bells} bells rung to it meanwhile` },
  ];
}
