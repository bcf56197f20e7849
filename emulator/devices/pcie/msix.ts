import type { Bar, Capability } from './config-space.ts';

export const MSIX_ID = 0x11;
/** Message control: the function may use it; all of its vectors are masked. */
const [ENABLE, FUNCTION_MASK] = [0x8000, 0x4000];
const ENTRY_BYTES = 16;
const VECTOR_CONTROL = 12;
/** Table and pending bits have half of the window each. */
const WINDOW_BYTES = 0x1000;
const PENDING = WINDOW_BYTES / 2;

/** Interrupts as messages, one for each vector (PCI Express Base Specification 4.0 §6.1.4, §7.7.2). */
export class Msix {
  /** Where table and pending bits lie. */
  readonly bar: Bar;
  readonly vectors: number;
  private readonly table: Uint8Array;
  private readonly view: DataView;
  private readonly pending: Uint8Array;
  private control = 0;
  private readonly send: (address: number, data: number) => void;

  constructor(vectors: number, barIndex: number, send: (address: number, data: number) => void) {
    this.vectors = vectors;
    this.send = send;
    this.table = new Uint8Array(vectors * ENTRY_BYTES);
    this.view = new DataView(this.table.buffer);
    this.pending = new Uint8Array(8 * Math.ceil(vectors / 64));
    this.bar = {
      ...{ index: barIndex, kind: 'memory', size: WINDOW_BYTES },
      read: (offset, size) => this.read(offset, size),
      write: (offset, size, value) => this.write(offset, size, value),
    };
    this.reset();
  }

  /** Message control, then where table and pending bits are. */
  get capability(): Capability {
    const body = new DataView(new ArrayBuffer(10));
    body.setUint16(0, this.vectors - 1, true);
    body.setUint32(2, this.bar.index, true);
    body.setUint32(6, PENDING | this.bar.index, true);
    return { id: MSIX_ID, body: new Uint8Array(body.buffer), writable: Uint8Array.of(0, (ENABLE | FUNCTION_MASK) >> 8) };
  }

  get isEnabled(): boolean {
    return (this.control & ENABLE) !== 0;
  }

  /** The guest may have written message control. */
  setControl(control: number): void {
    this.control = control;
    for (let vector = 0; vector < this.vectors; vector++) this.deliver(vector);
  }

  /** Sends the vector's message, or keeps in mind that it is to be sent. */
  raise(vector: number): void {
    if (!this.isEnabled || vector >= this.vectors) return;
    this.setPending(vector, true);
    this.deliver(vector);
  }

  private deliver(vector: number): void {
    const at = vector * ENTRY_BYTES;
    const isMasked = (this.control & FUNCTION_MASK) !== 0 || (this.table[at + VECTOR_CONTROL]! & 1) !== 0;
    if (!this.isEnabled || isMasked || !this.isPending(vector)) return;
    this.setPending(vector, false);
    const address = this.view.getUint32(at + 4, true) * 2 ** 32 + ((this.view.getUint32(at, true) & ~3) >>> 0);
    this.send(address, this.view.getUint32(at + 8, true));
  }

  private isPending(vector: number): boolean {
    return (this.pending[vector >> 3]! & (1 << (vector & 7))) !== 0;
  }

  private setPending(vector: number, pending: boolean): void {
    const bit = 1 << (vector & 7);
    this.pending[vector >> 3] = (this.pending[vector >> 3]! & ~bit) | (pending ? bit : 0);
  }

  private read(offset: number, size: 1 | 2 | 4): number {
    const [bytes, at] = offset < PENDING ? [this.table, offset] : [this.pending, offset - PENDING];
    let value = 0;
    for (let i = 0; i < size; i++) value += (bytes[at + i] ?? 0) * 2 ** (8 * i);
    return value;
  }

  /** Pending bits are read-only. */
  private write(offset: number, size: 1 | 2 | 4, value: number): void {
    if (offset >= this.table.length) return;
    for (let i = 0; i < size; i++) {
      const at = offset + i;
      // Of vector control, only the mask is not reserved.
      const mask = at % ENTRY_BYTES < VECTOR_CONTROL ? 0xff : at % ENTRY_BYTES === VECTOR_CONTROL ? 1 : 0;
      this.table[at] = (value >>> (8 * i)) & mask;
    }
    this.deliver(Math.floor(offset / ENTRY_BYTES));
  }

  reset(): void {
    this.control = 0;
    this.pending.fill(0);
    this.table.fill(0);
    for (let at = VECTOR_CONTROL; at < this.table.length; at += ENTRY_BYTES) this.table[at] = 1;
  }

  save(): { table: Uint8Array; pending: Uint8Array } {
    return { table: this.table.slice(), pending: this.pending.slice() };
  }

  /** Message control is kept in the configuration space. */
  restore(state: { table: Uint8Array; pending: Uint8Array }, control: number): void {
    this.control = control;
    this.table.set(state.table);
    this.pending.set(state.pending);
  }
}
