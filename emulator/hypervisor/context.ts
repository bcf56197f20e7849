import { SLOT_SINK, offsetOf, stateFields } from '../state/layout.ts';
import type { Registers } from './processor.ts';

const bytesOf = { u32: 4, u64: 8, v128: 16 } as const;

/** Bytes of what a guest can see of a core: the `arch` fields come first in the layout. */
export const STATE_BYTES = Math.max(
  ...stateFields.filter(({ arch }) => arch).map(({ offset, type, count }) => offset + bytesOf[type] * count),
);

/** What is kept of a virtual CPU while it does not run. */
export class Context implements Registers {
  readonly bytes = new Uint8Array(STATE_BYTES);
  private readonly view = new DataView(this.bytes.buffer);

  /** What a sink holds depends on how code was executed, and is nobody's. */
  save(state: Uint8Array): void {
    this.bytes.set(state);
    this.set64('X', 0n, SLOT_SINK);
  }

  get32(name: string, index = 0): number {
    return this.view.getUint32(offsetOf(name, index), true);
  }

  set32(name: string, value: number, index = 0): void {
    this.view.setUint32(offsetOf(name, index), value, true);
  }

  get64(name: string, index = 0): bigint {
    return this.view.getBigUint64(offsetOf(name, index), true);
  }

  set64(name: string, value: bigint, index = 0): void {
    this.view.setBigUint64(offsetOf(name, index), value, true);
  }
}
