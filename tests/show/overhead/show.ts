import type { CostModel } from '../../../emulator/hypervisor/config.ts';
import { kernelResults } from '../../../main/cli/bench/own.ts';
import { guestFile } from '../../support/guests.ts';
import type { Figure, Show } from '../show.ts';
import { measureOperations } from './operations.ts';
import { costs, type Ran } from './runs.ts';
import { compare, kernel, type Workload } from './workloads.ts';

const metal = (name: string): Workload => ({ name, system: 'metal', mostPercent: 1 });
const linux = (name: string, mostPercent: number): Workload => ({ name, system: 'linux', mostPercent });

const few = [metal('sort'), linux('getpid', 5), linux('pipe', 5)];
const all = [
  ...Object.keys(kernelResults).map(metal),
  ...['crc', 'sort', 'matrix'].map((name) => linux(name, 1)),
  ...['getpid', 'pipe', 'fault', 'exec'].map((name) => linux(name, 5)),
];

/** The control: a slow hypervisor. */
const slow: CostModel = { ...costs, enterNs: 200 * costs.enterNs, returnNs: 200 * costs.returnNs };

const mips = ({ instructions, cpuMs }: Ran): number => instructions / cpuMs / 1000;

export const overhead: Show = {
  name: 'overhead',
  summary: 'what a guest pays for being in a cell, beside the bare board: computing, system calls, single operations',
  control: 'the way to the hypervisor and back takes 200 times as long',
  missing: () => (guestFile(kernel) ? undefined : `there is no ${kernel}: pocketvisor guests fetch`),
  run({ short, control, progress }) {
    const model = control ? slow : costs;
    const figures: Figure[] = [];
    const hosts: string[] = [];
    for (const workload of short || control ? few : all) {
      const { name, system, mostPercent } = workload;
      progress(`${system} ${name}`);
      const { bareNs, cellNs, bare, cell } = compare(workload, model);
      figures.push({
        name: `${system} ${name}: longer in a cell`,
        value: 100 * (cellNs / bareNs - 1),
        unit: '%',
        goal: { atMost: mostPercent },
        note: `${(bareNs / 1e6).toFixed(3)} ms on the bare board`,
      });
      const exits = Object.values(cell.cells![0]!.exits).reduce((sum, count) => sum + count, 0);
      hosts.push(
        `${system} ${name}`.padEnd(24) +
          `${mips(bare).toFixed(0).padStart(6)} ${mips(cell).toFixed(0).padStart(6)} ${(mips(cell) / mips(bare)).toFixed(2).padStart(6)} ${String(exits).padStart(8)}`,
      );
    }
    progress('single operations');
    const measured = measureOperations(model);
    const call = measured.find(({ operation }) => operation.name === 'call')!.inCell;
    figures.push({
      name: 'channel: call and reply',
      value: call.instructions,
      unit: 'instructions',
      goal: { atMost: 400 },
      note: `of both guests; ${call.ns.toFixed(0)} ns at 1 GHz`,
    });
    const number = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(0)).padStart(8);
    const details = [
      'at 1 GHz                         in a cell             bare board',
      '                                    ns  instrs.       ns  instrs.',
      ...measured.map(
        ({ operation: { what }, inCell, bare }) =>
          `${what.padEnd(30)}${number(inCell.ns)} ${number(inCell.instructions)} ${number(bare?.ns)} ${number(bare?.instructions)}`,
      ),
      '',
      'million instructions a second of this host, start included',
      '                          bare   cell  ratio    exits',
      ...hosts,
    ];
    return Promise.resolve({ figures, details });
  },
};
