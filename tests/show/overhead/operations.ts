import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CellConfig, ChannelConfig, CostModel } from '../../../emulator/hypervisor/config.ts';
import { root } from '../../../resources/build/targets.ts';
import { asCell, runBare, runInCells, type Guest, type Ran } from './runs.ts';

/** An operation of resources/guests/seam. */
export interface Operation {
  readonly name: string;
  readonly what: string;
  /** What another cell does meanwhile. */
  readonly peer?: 'echo' | 'yields';
  /** Needs no hypervisor. */
  readonly alsoBare?: boolean;
  /** How often it happens in a round; once when absent. */
  readonly times?: number;
}

export const operations: readonly Operation[] = [
  { name: 'version', what: 'hypercall version' },
  { name: 'time', what: 'hypercall time' },
  { name: 'yield', what: 'hypercall yield, to nobody' },
  { name: 'map', what: 'hypercall map', peer: 'echo' },
  { name: 'cell-state', what: 'hypercall cell-state', peer: 'echo' },
  { name: 'take', what: 'hypercall take', peer: 'echo' },
  { name: 'yield', what: 'switch of cells', peer: 'yields', times: 2 },
  { name: 'call', what: 'channel: call, handler, reply', peer: 'echo' },
  { name: 'task-call', what: 'the same, a task waits', peer: 'echo' },
  { name: 'device', what: 'read of a device', alsoBare: true },
  { name: 'interrupt', what: 'interrupt to itself (SGI)', alsoBare: true },
  { name: 'timer', what: "timer's interrupt", alsoBare: true },
  { name: 'sleep', what: 'WFI of 2 us, wake-up', alsoBare: true },
];

/** What an operation costs, by the difference of two numbers of rounds: virtual ns, and instructions of guests. */
export interface Cost {
  readonly ns: number;
  readonly instructions: number;
}

const ROUNDS = 100;
const image = new Uint8Array(readFileSync(join(root, 'resources/guests/seam/seam.img')));
const guest = (append: string): Guest => ({ memoryBytes: 4 << 20, boot: { kernel: image, append, loads: [] } });
const END = ['seam: done\n'];

function cellsOf({ name, peer }: Operation, rounds: number): { cells: CellConfig[]; channels: ChannelConfig[] } {
  const main = asCell('caller', guest(`${name} ${rounds}`));
  if (!peer) return { cells: [main], channels: [] };
  const channel: ChannelConfig = { name: 'calls', sizeBytes: 0x1000, cells: { caller: 'rw', peer: 'rw' }, doorbell: 'both' };
  return { cells: [main, asCell('peer', guest(peer))], channels: [channel] };
}

function perRound(run: (rounds: number) => Ran, times = 1): Cost {
  const [few, many] = [run(ROUNDS), run(2 * ROUNDS)];
  const each = (more: number): number => more / ROUNDS / times;
  return { ns: each(many.virtualNs - few.virtualNs), instructions: each(many.instructions - few.instructions) };
}

/** What a round of the loop costs that does nothing is taken off. */
export function measureOperations(costs: CostModel): { operation: Operation; inCell: Cost; bare?: Cost }[] {
  const loop = perRound((rounds) => runBare(guest(`nothing ${rounds}`), END));
  const without = ({ ns, instructions }: Cost, times = 1): Cost => ({
    ns: ns - loop.ns / times,
    instructions: instructions - loop.instructions / times,
  });
  return operations.map((operation) => {
    const { name, times, alsoBare } = operation;
    const inCell = perRound((rounds) => runInCells(cellsOf(operation, rounds), END, costs), times);
    const bare = alsoBare ? perRound((rounds) => runBare(guest(`${name} ${rounds}`), END)) : undefined;
    return { operation, inCell: without(inCell, times), ...(bare ? { bare: without(bare) } : {}) };
  });
}
