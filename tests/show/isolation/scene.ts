/** The handset `isolation`, in this process: who attacks whom, and what is looked at from outside. */
import { join } from 'node:path';
import type { CellConfig, CellsConfig, ChannelConfig } from '../../../emulator/hypervisor/config.ts';
import type { Machine } from '../../../emulator/machine/machine.ts';
import type { CellDevice } from '../../../emulator/machine/types.ts';
import { readHandsetPlan } from '../../../main/services/handset/index.ts';
import { loadPlan } from '../../../main/services/machines/load.ts';
import { root } from '../../../resources/build/targets.ts';
import { testMachine } from '../../support/machine.ts';

export interface Scene {
  readonly machine: Machine;
  /** What the victim has to keep. */
  readonly secret: bigint;
  readonly consoles: Record<string, string>;
  /** What the attacker has outside of its memory: its disk, and frames that it sent. */
  readonly disk: SharedArrayBuffer;
  readonly frames: readonly Uint8Array[];
  /** Runs on for so much virtual time; false when all is over. */
  run(ns: number): boolean;
}

export const handsetFile = 'resources/handsets/isolation.yaml';
const DISK_BYTES = 1 << 20;

/** `tries` of the attacker's dearest attacks; with `grant` its file lets it read what it must not have. */
export function setScene(tries: number, grant: boolean): Scene {
  const { config } = loadPlan(readHandsetPlan(join(root, handsetFile)));
  const { cells, channels, ...rest } = config.cells as CellsConfig;
  const disk = new SharedArrayBuffer(DISK_BYTES);
  // A disk in memory: a file would be written to.
  const block: CellDevice = { kind: 'block', name: 'loot', image: disk, readOnly: false };
  const armed = (cell: CellConfig): CellConfig =>
    cell.name === 'attacker'
      ? { ...cell, boot: { ...cell.boot, append: `${tries} 1` }, devices: [...cell.devices, block] }
      : cell;
  const opened = (channel: ChannelConfig): ChannelConfig =>
    grant && channel.name === 'vault' ? { ...channel, cells: { ...channel.cells, attacker: 'ro' } } : channel;
  const consoles: Record<string, string> = Object.fromEntries(cells.map(({ name }) => [name, '']));
  const frames: Uint8Array[] = [];
  // What it sends ends here.
  const nics = (config.nics ?? []).map((nic) => ({ ...nic, network: { kind: 'wire' as const } }));
  const { machine } = testMachine({
    config: { ...config, nics, cells: { ...rest, cells: cells.map(armed), channels: channels.map(opened) } },
    onConsole: (bytes, stream) => (consoles[cells[stream]!.name] += Buffer.from(bytes).toString('latin1').replaceAll('\r', '')),
    onFrame: (_nic, frame) => void frames.push(frame),
  });
  const { append = '' } = cells.find(({ name }) => name === 'victim')!.boot;
  let untilNs = 0;
  return {
    ...{ machine, consoles, disk, frames, secret: BigInt(append) },
    run(ns) {
      untilNs += ns;
      let state = machine.runFor(200, { untilNs });
      while (state === 'busy') state = machine.runFor(200, { untilNs });
      return state === 'paced';
    },
  };
}
