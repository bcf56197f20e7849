import { word, type VirtioCore } from '../core.ts';
import type { RingState, SplitRing } from '../split-ring.ts';
import type { Vectors } from './vectors.ts';

/** What a driver selects. */
export interface Selection {
  [name: string]: number;
  deviceFeatures: number;
  driverFeatures: number;
  queue: number;
}

export const nothingSelected: Selection = { deviceFeatures: 0, driverFeatures: 0, queue: 0 };

/** A device as the registers of its transport reach it. */
export interface Registers {
  readonly core: VirtioCore;
  readonly vectors: Vectors;
  readonly selection: Selection;
  /** The selected queue. */
  readonly ring: SplitRing | undefined;
  setStatus(value: number): void;
  notify(queue: number): void;
  /** The reasons of interrupts, which reading takes away (§4.1.4.5). */
  takeInterrupts(): number;
}

interface Field {
  readonly size: 1 | 2 | 4;
  read(of: Registers): number;
  write?(of: Registers, value: number): void;
}

const selector = (name: keyof Selection, size: 2 | 4): Field => ({
  size,
  read: ({ selection }) => selection[name] as number,
  write: ({ selection }, value) => void (selection[name] = value),
});

/** Half of the address of a part of the selected queue. */
const address = (name: keyof RingState): Field => ({
  size: 4,
  read: ({ ring }) => ring?.state[name] ?? 0,
  write: ({ ring }, value) => {
    if (ring && !ring.state.ready) ring.state[name] = value;
  },
});

/** The common configuration (§4.1.4.3), by offset. */
const fields: Record<number, Field> = {
  0x00: selector('deviceFeatures', 4),
  0x04: { size: 4, read: ({ core, selection }) => word(core.features, selection.deviceFeatures) },
  0x08: selector('driverFeatures', 4),
  0x0c: {
    size: 4,
    read: ({ core, selection }) => word(core.state.driverFeatures, selection.driverFeatures),
    write: ({ core, selection }, value) => core.setDriverFeatures(selection.driverFeatures, value),
  },
  0x10: { size: 2, read: ({ vectors }) => vectors.of(undefined), write: ({ vectors }, value) => vectors.set(undefined, value) },
  0x12: { size: 2, read: ({ core }) => core.rings.length },
  0x14: { size: 1, read: ({ core }) => core.state.status, write: (of, value) => of.setStatus(value) },
  0x15: { size: 1, read: ({ core }) => core.state.generation },
  0x16: selector('queue', 2),
  0x18: {
    size: 2,
    // §4.1.4.3.2: the largest, until the driver wants less.
    read: ({ ring }) => (ring ? ring.state.size || ring.maxSize : 0),
    write: ({ ring }, value) => {
      if (ring && !ring.state.ready) ring.state.size = value;
    },
  },
  0x1a: {
    size: 2,
    read: ({ vectors, selection }) => vectors.of(selection.queue),
    write: ({ vectors, selection }, value) => vectors.set(selection.queue, value),
  },
  0x1c: {
    size: 2,
    read: ({ ring }) => ring?.state.ready ?? 0,
    // §4.1.4.3.2: drivers only ever write 1.
    write: ({ core, ring }, value) => {
      if (!ring || value !== 1) return;
      ring.state.size ||= ring.maxSize;
      core.setReady(ring, 1);
    },
  },
  // The queue's place among those that are notified.
  0x1e: { size: 2, read: ({ selection, ring }) => (ring ? selection.queue : 0) },
  0x20: address('descLow'),
  0x24: address('descHigh'),
  0x28: address('driverLow'),
  0x2c: address('driverHigh'),
  0x30: address('deviceLow'),
  0x34: address('deviceHigh'),
};

/** §4.1.3.1: drivers access each field as a whole; those of 64 bits in two halves. Other accesses reach nothing. */
export function readCommon(of: Registers, offset: number, size: 1 | 2 | 4): number {
  const field = fields[offset];
  return field?.size === size ? field.read(of) : 0;
}

export function writeCommon(of: Registers, offset: number, size: 1 | 2 | 4, value: number): void {
  const field = fields[offset];
  if (field?.size === size) field.write?.(of, value);
}
