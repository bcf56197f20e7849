/** Runs all probes under all settings in the image `accesses`, on our machine or on qemu-system-aarch64. */
import { writeFileSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { symbolsOf } from '../../../emulator/debug/symbols/elf-symbols.ts';
import { buildImage, logOfOracle, runOurs, type HowToRun } from '../support/bare-metal.ts';
import { answerOf, type Answer, type Level } from './answer.ts';
import { probes, type Probe } from './probes.ts';
import { registerNames, type Setting } from './settings.ts';

/** Where the image looks for its lists and leaves its answers (bare-metal/accesses/main.c). */
const LIST = 0x4400_0000;
const SETTINGS_OFFSET = 0x40;
const PROBES_OFFSET = 0x10_0000;
const ANSWERS = 0x4800_0000;
const LEVELS = 3;

export interface Sweep {
  readonly image: string;
  readonly probes: readonly Probe[];
  readonly settings: readonly Setting[];
}

export function sweepOf(settings: readonly Setting[]): Sweep {
  const image = buildImage('accesses');
  const symbols = symbolsOf([readFileSync(image)]);
  const vectors = { el1: symbols.find('vectors_el1'), el2: symbols.find('vectors') };
  if (vectors.el1 === undefined || vectors.el2 === undefined) throw new Error('the image has no vectors');
  return { image, settings, probes: probes({ el1: vectors.el1, el2: vectors.el2 }) };
}

/** The lists as the image reads them. `prints`: it says its answers on the console, too. */
function listOf({ probes: list, settings }: Sweep, prints: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(PROBES_OFFSET + list.length * 16));
  const put = (at: number, ...values: readonly (bigint | number)[]): void =>
    values.forEach((value, i) => view.setBigUint64(at + i * 8, BigInt(value), true));
  put(0, prints ? 1 : 0, list.length, settings.length);
  settings.forEach((setting, n) =>
    put(SETTINGS_OFFSET + n * registerNames.length * 8, ...registerNames.map((name) => setting[name])),
  );
  list.forEach(({ word, x0 }, n) => put(PROBES_OFFSET + n * 16, word, x0));
  return new Uint8Array(view.buffer);
}

export interface Visit {
  readonly probe: Probe;
  readonly setting: Setting;
  readonly level: Level;
}

/** Everything in the order of the answers. */
export function* visits({ probes: list, settings }: Sweep): Generator<Visit> {
  for (const setting of settings)
    for (const probe of list) for (let level: Level = 0; level < LEVELS; level++) yield { setting, probe, level: level as Level };
}

const count = ({ probes: list, settings }: Sweep): number => list.length * settings.length * LEVELS;

/** Our answers, in the order of {@link visits}; and the share of instructions that ran hot. */
export function ourAnswers(sweep: Sweep, how: HowToRun): { answers: Answer[]; hotShare: number } {
  const loads = [{ bytes: listOf(sweep, false), address: LIST, name: 'list' }];
  const { machine, hotShare } = runOurs(sweep.image, 'accesses', { ...how, loads });
  const bytes = new Uint8Array(count(sweep) * 8);
  machine.hardware.ram.read(ANSWERS, bytes);
  return { answers: [...new BigUint64Array(bytes.buffer)].map(answerOf), hotShare };
}

/** QEMU's. `file`: where the lists may be put for it. */
export function answersOfOracle(sweep: Sweep, file: string): Answer[] {
  writeFileSync(file, listOf(sweep, true));
  const lines = logOfOracle(sweep.image, 'accesses', ['-device', `loader,file=${file},addr=${LIST},force-raw=on`]);
  if (lines.at(-1) !== 'done') throw new Error(`QEMU's last answer was ${lines.at(-1)}`);
  return lines.slice(0, -1).map((line) => answerOf(BigInt(`0x${line}`)));
}
