import type { CoreView, PhysicalView } from '../../debug/views.ts';
import type { DeviceState } from '../../devices/device.ts';
import type { Board } from '../../boards/board.ts';
import type { Window } from '../bus.ts';
import { physicalAddressBits } from '../cpu-models.ts';
import type { Hardware } from '../hardware.ts';
import type { MachineConfig } from '../types.ts';

/** A machine as debuggers see it, at a standstill. */
export interface Inspection {
  readonly config: MachineConfig;
  readonly cores: readonly CoreView[];
  readonly memory: PhysicalView;
  readonly windows: readonly Window[];
  /** Bits of physical addresses that are implemented. */
  readonly paBits: number;
  readonly board: Board;
  /** What each device saves, by its name. */
  states(): readonly [name: string, state: DeviceState][];
}

const PAGE = 4096;
/** What the map of physical pages says of RAM that nobody has touched: it reads as zeroes. */
const UNTOUCHED = 1;

/** The view of a machine's parts: reads by the map of physical pages, which makes no page that was not there. */
export function inspect(config: MachineConfig, hardware: Hardware): Inspection {
  const { cores, memory, runtime, bus, board, devices } = hardware;
  const host = new Uint8Array(memory.buffer);
  const entryOf = (pa: number): number => runtime.peekEntry(BigInt(pa)) >>> 0;

  function read(pa: bigint, length: number): Uint8Array | undefined {
    if (pa < 0n || pa + BigInt(length) > 1n << 40n) return undefined;
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const at = Number(pa) + done;
      const count = Math.min(PAGE - (at % PAGE), length - done);
      const entry = entryOf(at);
      if (entry === 0) return undefined;
      const page = entry - (entry % PAGE);
      if (entry !== UNTOUCHED) bytes.set(host.subarray(page + (at % PAGE), page + (at % PAGE) + count), done);
      done += count;
    }
    return bytes;
  }

  function describe(pa: bigint): string | undefined {
    if (pa < 0n || pa >> 40n !== 0n) return undefined;
    const window = bus.find(Number(pa));
    if (!window) return entryOf(Number(pa)) === 0 ? undefined : 'RAM';
    const offset = Number(pa) - window.base;
    return offset === 0 ? window.name : `${window.name}+0x${offset.toString(16)}`;
  }

  return {
    ...{ config, cores, board, states: () => devices.save(), windows: bus.list(), paBits: physicalAddressBits(config.cpu) },
    memory: { read, describe },
  };
}
