import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CellConfig } from '../../../emulator/hypervisor/config.ts';
import { boards } from '../../../emulator/machine/boards.ts';
import { root } from '../../../resources/build/targets.ts';
import { imageFolder } from '../../boot/support/images.ts';
import { initrd } from '../../boot/support/debian.ts';
import { guestFile } from '../../support/guests.ts';
import type { Show } from '../show.ts';
import { startHandset, type HandsetOptions, type RunningHandset } from '../support/handset.ts';
import { freeRtos, hello, linux, modem, selftest, type Guest } from './guests.ts';
import { replacements, replaceLive, type Replaced } from './replacement.ts';

const systems = ['evoke', 'soc2'] as const;
type System = (typeof systems)[number];

/** What a guest said on a board. */
interface Answer {
  readonly guest: string;
  readonly sha256: string;
  readonly text: string | undefined;
  /** When it had said it, or why it could not. */
  readonly when: string;
}

export const soc: Show = {
  name: 'soc',
  summary: 'the same guest images run in cells of two systems on chip, and one takes the place of another while the rest run',
  control: 'one of the images is built for one map only',
  missing: () =>
    guestFile('Image-cloud') && guestFile(initrd) ? undefined : 'pocketvisor guests fetch Image-cloud initramfs.cpio.gz',
  run({ short, control, progress }) {
    const runs = systems.map((system) => {
      progress(`guests on ${system}`);
      return onSystem(system, short || control, control);
    });
    const [first, second] = runs as [SystemRun, SystemRun];
    const rows = first.answers.map((one, n) => ({ one, other: second.answers[n]! }));
    const here = rows.filter(({ one, other }) => one.text !== undefined && other.text !== undefined);
    const same = here.filter(({ one, other }) => one.text === other.text && one.sha256 === other.sha256);
    const replaced = runs.flatMap(({ replaced }) => replaced ?? []);
    const sum = (count: (each: Replaced) => number): number => replaced.reduce((total, each) => total + count(each), 0);
    return Promise.resolve({
      figures: [
        { name: 'guests', value: rows.length, note: systems.map(aboutSystem).join('; ') },
        { name: 'that ran on both', value: here.length, goal: { is: rows.length } },
        {
          name: 'and said the same on both',
          value: same.length,
          goal: { is: rows.length },
          note: 'but for what the clock decides',
        },
        { name: 'replaced live', value: sum(({ up }) => up), goal: { is: systems.length * replacements.length } },
        {
          name: '  longest, with its start',
          value: Math.max(...replaced.map((each) => each.longestNs)) / 1e6,
          unit: 'ms',
          note: 'looked at every 5 ms',
        },
        { name: '  events of the radio meanwhile', value: sum(({ frames }) => frames), goal: { atLeast: 50 } },
        { name: '  of them missed or late', value: sum(({ missed }) => missed), goal: { is: 0 } },
        { name: '  lines that Linux wrote meanwhile', value: sum(({ lines }) => lines) },
        { name: '  of them lost', value: sum(({ linesLost }) => linesLost), goal: { is: 0 } },
      ],
      details: [
        ...rows.map(
          ({ one, other }) =>
            `${one.guest.padEnd(9)} sha256 ${one.sha256.slice(0, 16)}  ${systems[0]} ${one.when.padEnd(12)} ${systems[1]} ${other.when}`,
        ),
        ...runs.map(({ stateHash }, n) => `state on ${systems[n]}: ${stateHash}`),
      ],
    });
  },
};

const aboutSystem = (system: System): string => {
  const { clockHz, gicVersion, ramBase } = boards[system];
  return `${system}: ${clockHz / 1e6} MHz, GICv${gicVersion}, RAM at 0x${ramBase.toString(16)}`;
};

interface SystemRun {
  readonly answers: readonly Answer[];
  readonly replaced: Replaced | undefined;
  readonly stateHash: string | undefined;
}

function onSystem(board: System, few: boolean, control: boolean): SystemRun {
  const answers = [...answersOf({ board, only: ['selftest'] }, [selftest]).answers];
  if (!few) answers.push(...ofOthers(board));
  const guests = few ? [hello, modem] : [hello, linux, modem];
  const only = guests.map(({ cell }) => cell);
  const main = answersOf({ board, only, change: (cell) => (control ? forOneMap(cell) : cell) }, guests);
  answers.push(...main.answers);
  const replaced = main.run && replaceLive(main.run);
  return { answers, replaced, stateHash: main.run?.machine.stateHash() };
}

/** FreeRTOS is built for the addresses of QEMU's virt with a GICv2: its cell has that map, and the board that version. */
function ofOthers(board: System): Answer[] {
  const folder = imageFolder('freertos-el1-gicv2');
  if (!folder) return [];
  const kernel = new Uint8Array(readFileSync(join(folder, 'freertos.elf')));
  const change = (cell: CellConfig): CellConfig => ({
    ...cell,
    map: 'virt',
    boot: { kernel, loads: [] },
    memoryBytes: 16 * 2 ** 20,
  });
  const { answers } = answersOf({ board, only: ['hello'], change, config: { gic: 2 } }, [freeRtos('hello')]);
  return answers.map((each) => ({ ...each, guest: 'FreeRTOS' }));
}

function forOneMap(cell: CellConfig): CellConfig {
  if (cell.name !== 'hello') return cell;
  return { ...cell, boot: { kernel: new Uint8Array(readFileSync(join(root, 'resources/guests/hello/hello.elf'))), loads: [] } };
}

/** Starts cells together and asks one after the other. */
function answersOf(options: HandsetOptions, guests: readonly Guest[]): { answers: Answer[]; run: RunningHandset | undefined } {
  const kernels = new Map<string, Uint8Array>();
  const change = (cell: CellConfig): CellConfig => {
    const changed = options.change?.(cell) ?? cell;
    kernels.set(cell.name, changed.boot.kernel!);
    return changed;
  };
  const sha256 = (cell: string): string => createHash('sha256').update(kernels.get(cell)!).digest('hex');
  let run: RunningHandset | undefined;
  let refused = '';
  try {
    run = startHandset('soc', { ...options, change });
  } catch (error) {
    refused = `refused: ${(error as Error).message}`;
  }
  const answers = guests.map(({ cell, ask }): Answer => {
    const text = run && ask(run);
    const when = run ? (text === undefined ? 'said nothing' : `${(run.machine.nowNs / 1e6).toFixed(0)} ms`) : refused;
    return { guest: cell, sha256: sha256(cell), text, when };
  });
  return { answers, run };
}
