/** The guest resources/guests/litmus: runs it and reads what it prints. */
import { readFileSync } from 'node:fs';
import type { PlantedFault } from '../../../emulator/isa/derive/memory-order.ts';
import type { MachineConfig } from '../../../emulator/machine/types.ts';
import { guestFile } from '../../../resources/guests/build.ts';
import { testMachine } from '../../support/machine.ts';

/** Registers that threads 0 to 3 read, and what the two locations held in the end. */
export interface Outcome {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly x: number;
  readonly y: number;
}

/** Litmus tests in the guest's order; what Arm's memory model forbids (DDI 0487 B2.3), and what must be seen where nothing does. */
export const litmusTests: Readonly<Record<string, { forbids?: (o: Outcome) => boolean; shows?: (o: Outcome) => boolean }>> = {
  MP: {},
  'MP+dmb': { forbids: ({ a, b }) => a[1] === 1 && b[1] === 0 },
  'MP+dmb.st+dmb.ld': { forbids: ({ a, b }) => a[1] === 1 && b[1] === 0 },
  'MP+dsb': { forbids: ({ a, b }) => a[1] === 1 && b[1] === 0 },
  'MP+stlr+ldar': { forbids: ({ a, b }) => a[1] === 1 && b[1] === 0 },
  'MP+swpal+ldar': { forbids: ({ a, b }) => a[1] === 1 && b[1] === 0 },
  SB: { shows: ({ a }) => a[0] === 0 && a[1] === 0 },
  'SB+dmb': { forbids: ({ a }) => a[0] === 0 && a[1] === 0 },
  'SB+dsb': { forbids: ({ a }) => a[0] === 0 && a[1] === 0 },
  'SB+dmb.st': { shows: ({ a }) => a[0] === 0 && a[1] === 0 },
  'SB+stlr+ldar': { forbids: ({ a }) => a[0] === 0 && a[1] === 0 },
  'SB+swpal+ldar': { forbids: ({ a }) => a[0] === 0 && a[1] === 0 },
  LB: {},
  'LB+dmb': { forbids: ({ a }) => a[0] === 1 && a[1] === 1 },
  'LB+dmb.ld': { forbids: ({ a }) => a[0] === 1 && a[1] === 1 },
  'LB+ldar+stlr': { forbids: ({ a }) => a[0] === 1 && a[1] === 1 },
  'R+dmb': { forbids: ({ a, y }) => y === 2 && a[1] === 0 },
  'R+stlr+ldar': { forbids: ({ a, y }) => y === 2 && a[1] === 0 },
  'S+dmb': { forbids: ({ a, x }) => a[1] === 1 && x === 2 },
  '2+2W+dmb': { forbids: ({ x, y }) => x === 1 && y === 1 },
  '2+2W+stlr': { forbids: ({ x, y }) => x === 1 && y === 1 },
  CoRR: { forbids: ({ a, b }) => a[1] === 1 && b[1] === 0 },
  'WRC+dmb': { forbids: ({ a, b }) => a[1] === 1 && a[2] === 1 && b[2] === 0 },
  IRIW: {},
  'IRIW+dmb': { forbids: ({ a, b }) => a[2] === 1 && b[2] === 0 && a[3] === 1 && b[3] === 0 },
  'IRIW+stlr+ldar': { forbids: ({ a, b }) => a[2] === 1 && b[2] === 0 && a[3] === 1 && b[3] === 0 },
};

/** What else the guest runs: counters that four cores count up, and maintenance. */
export const counters = [
  ...['ldxrb+stxrb', 'ldaxrh+stlxrh', 'ldxr+stlxr.w', 'ldaxr+stxr', 'ldxp+stxp.w', 'ldaxp+stlxp', 'ldaddb', 'staddh'],
  ...['ldaddal.w', 'ldadda', 'casal.w', 'cas', 'caspal', 'swpa'],
];
export const maintenance = ['tlbi', 'ic', 'cntvct'];
const names = [...Object.keys(litmusTests), ...counters, ...maintenance];

const CONFIGURATION = 0x4800_0000;

/** Runs tests of the guest in parallel mode; answers what it printed behind each name. */
export function runLitmus(
  wanted: readonly string[],
  rounds: number,
  options: { exec?: MachineConfig['exec']; planted?: PlantedFault } = {},
): Map<string, string> {
  const words = new BigUint64Array([
    BigInt(rounds),
    wanted.reduce((mask, name) => mask | (1n << BigInt(names.indexOf(name))), 0n),
  ]);
  const loads = [
    { name: 'litmus.elf', bytes: readFileSync(guestFile('litmus')) },
    { name: 'configuration', bytes: new Uint8Array(words.buffer), address: CONFIGURATION },
  ];
  const config: Partial<MachineConfig> = { cpus: 4, memory: 256 << 20, threads: 'auto', boot: { loads } };
  const { machine, console } = testMachine({
    config: { ...config, exec: options.exec ?? 'auto' },
    ...(options.planted ? { planted: options.planted } : {}),
  });
  try {
    while (machine.runFor(1000) !== 'ended');
    const { outcome, error } = machine.result(0);
    if (outcome !== 'poweroff') throw new Error(`${outcome}: ${error?.message}\n${console()}`);
  } finally {
    machine.dispose();
  }
  const lines = console().replaceAll('\r', '').trimEnd().split('\n');
  return new Map(lines.map((line): [string, string] => [line.split(' ', 1)[0] as string, line.slice(line.indexOf(' ') + 1)]));
}

/** The outcomes of a litmus test with how often each was seen. */
export function outcomesOf(printed: string): { outcome: Outcome; count: number }[] {
  return printed.split(' ').map((text) => {
    const [key = '', count] = text.split(':');
    const bits = parseInt(key, 16);
    const registers = [0, 1, 2, 3].map((thread) => (bits >>> (4 * thread)) & 15);
    return {
      outcome: { a: registers.map((r) => r & 3), b: registers.map((r) => r >> 2), x: (bits >>> 16) & 3, y: (bits >>> 18) & 3 },
      count: Number(count),
    };
  });
}

/** How often a litmus test showed what the predicate describes. */
export function timesSeen(printed: string, described: (o: Outcome) => boolean): number {
  return outcomesOf(printed).reduce((sum, { outcome, count }) => sum + (described(outcome) ? count : 0), 0);
}
