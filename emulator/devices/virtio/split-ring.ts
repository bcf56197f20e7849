import type { Dma } from '../device.ts';
import { Chain, type Segment } from './chain.ts';

/** What the driver set up, and how far we are. Addresses as the transport's registers have them. */
export interface RingState {
  [name: string]: number;
  size: number;
  ready: number;
  descLow: number;
  descHigh: number;
  driverLow: number;
  driverHigh: number;
  deviceLow: number;
  deviceHigh: number;
  /** Of the device's part, before version 1.0. */
  align: number;
  /** Free-running counts of 16 bits: requests that were taken, and handed back. */
  taken: number;
  returned: number;
}

const DESCRIPTOR_BYTES = 16;
const [F_NEXT, F_WRITE, F_INDIRECT] = [1, 2, 4];
const AVAIL_F_NO_INTERRUPT = 1;
/** Of one request, also through an indirect table: QEMU's limit. */
const MAX_DESCRIPTORS = 1024;

/** A split virtqueue (virtio 1.2 §2.7), seen from the device. Everything in it is the guest's, so nothing of it is believed. */
export class SplitRing {
  readonly maxSize: number;
  readonly state: RingState;
  private readonly dma: Dma;

  constructor(dma: Dma, maxSize: number) {
    this.dma = dma;
    this.maxSize = maxSize;
    this.state = { ...emptyRing, size: maxSize };
  }

  /** A driver that gives no size has the largest, as over PCI (§4.1.4.3) and on QEMU's virtio-mmio: EDK2 relies on it. */
  reset(): void {
    Object.assign(this.state, emptyRing, { size: this.maxSize });
  }

  /** Whether size and addresses are as §2.7 demands: asked when the driver says that the queue is ready. */
  isSound(): boolean {
    const { size } = this.state;
    const isPowerOfTwo = size > 0 && (size & (size - 1)) === 0;
    return isPowerOfTwo && size <= this.maxSize && this.desc % 16 === 0 && this.avail % 2 === 0 && this.used % 4 === 0;
  }

  /** The next request. With `eventIndex` an empty ring asks for a notification of the next one (§2.7.10). */
  take(eventIndex: boolean): Chain | 'empty' | 'broken' {
    const { size, taken, returned } = this.state;
    const index = this.read16(this.avail + 2);
    if (index === undefined) return 'broken';
    const waiting = (index - taken) & 0xffff;
    if (waiting > size) return 'broken';
    // Each request has a descriptor at least, and it is not the driver's until it was given back (§2.7.13.1): whoever holds requests holds no more.
    if (waiting > 0 && ((taken - returned) & 0xffff) >= size) return 'broken';
    if (waiting === 0) return eventIndex && !this.write16(this.used + 4 + 8 * size, taken) ? 'broken' : 'empty';
    const head = this.read16(this.avail + 4 + 2 * (taken % size));
    if (head === undefined || head >= size) return 'broken';
    this.state.taken = (taken + 1) & 0xffff;
    return this.walk(head);
  }

  /** Makes the last requests that were taken available again. */
  putBack(count: number): void {
    this.state.taken = (this.state.taken - count) & 0xffff;
  }

  /** Hands a request back. Answers whether the driver wants an interrupt for it (§2.7.7). */
  giveBack(head: number, written: number, eventIndex: boolean): boolean | 'broken' {
    const { size, returned } = this.state;
    const entry = new Uint8Array(8);
    const view = new DataView(entry.buffer);
    view.setUint32(0, head, true);
    view.setUint32(4, written, true);
    const next = (returned + 1) & 0xffff;
    if (!this.dma.write(this.used + 4 + 8 * (returned % size), entry) || !this.write16(this.used + 2, next)) return 'broken';
    this.state.returned = next;
    if (eventIndex) {
      const wanted = this.read16(this.avail + 4 + 2 * size);
      return wanted === undefined ? 'broken' : wanted === returned;
    }
    const flags = this.read16(this.avail);
    return flags === undefined ? 'broken' : (flags & AVAIL_F_NO_INTERRUPT) === 0;
  }

  private walk(head: number): Chain | 'broken' {
    const out: Segment[] = [];
    const into: Segment[] = [];
    let table = this.desc;
    let entries = this.state.size;
    let isIndirect = false;
    let index = head;
    // A loop of descriptors ends here too.
    for (let count = 0; count < MAX_DESCRIPTORS && index < entries; count++) {
      const descriptor = this.readDescriptor(table + DESCRIPTOR_BYTES * index);
      if (!descriptor) return 'broken';
      const { pa, length, flags, next } = descriptor;
      if (flags & F_INDIRECT) {
        // §2.7.5.3: one level, and the last of its chain.
        if (isIndirect || flags & F_NEXT || length === 0 || length % DESCRIPTOR_BYTES !== 0) return 'broken';
        [table, entries, isIndirect, index] = [pa, length / DESCRIPTOR_BYTES, true, 0];
        continue;
      }
      if (flags & F_WRITE) into.push({ pa, length });
      else if (into.length > 0) return 'broken';
      else out.push({ pa, length });
      if (!(flags & F_NEXT)) return new Chain(this.dma, head, out, into);
      index = next;
    }
    return 'broken';
  }

  private readDescriptor(pa: number) {
    const view = this.view(pa, DESCRIPTOR_BYTES);
    return (
      view && {
        pa: Number(view.getBigUint64(0, true)),
        length: view.getUint32(8, true),
        flags: view.getUint16(12, true),
        next: view.getUint16(14, true),
      }
    );
  }

  private view(pa: number, length: number): DataView | undefined {
    const bytes = new Uint8Array(length);
    return this.dma.read(pa, bytes) ? new DataView(bytes.buffer) : undefined;
  }
  private read16(pa: number): number | undefined {
    return this.view(pa, 2)?.getUint16(0, true);
  }
  private write16(pa: number, value: number): boolean {
    return this.dma.write(pa, Uint8Array.of(value & 0xff, value >> 8));
  }

  private get desc(): number {
    return this.state.descHigh * 2 ** 32 + this.state.descLow;
  }
  private get avail(): number {
    return this.state.driverHigh * 2 ** 32 + this.state.driverLow;
  }
  private get used(): number {
    return this.state.deviceHigh * 2 ** 32 + this.state.deviceLow;
  }
}

const emptyRing: RingState = {
  ...{ size: 0, ready: 0, align: 0, taken: 0, returned: 0 },
  ...{ descLow: 0, descHigh: 0, driverLow: 0, driverHigh: 0, deviceLow: 0, deviceHigh: 0 },
};
