import type { Dma } from '../device.ts';
import { TestClock } from '../test-clock.ts';
import type { VirtioDevice } from './device.ts';
import { createVirtioMmio } from './mmio.ts';

/** Registers of the transport, and of queues. */
export const R = {
  FEATURES: 0x10,
  FEATURES_SEL: 0x14,
  DRIVER_FEATURES: 0x20,
  DRIVER_FEATURES_SEL: 0x24,
  PAGE_SIZE: 0x28,
  ISR: 0x60,
  ACK: 0x64,
  STATUS: 0x70,
  GENERATION: 0xfc,
};
export const Q = {
  ...{ SEL: 0x30, MAX: 0x34, NUM: 0x38, ALIGN: 0x3c, PFN: 0x40, READY: 0x44, NOTIFY: 0x50 },
  ...{ DESC: 0x80, AVAIL: 0x90, USED: 0xa0 },
};
export const [NEXT, WRITE, INDIRECT] = [1, 2, 4];
export const NEEDS_RESET = 64;
export const SIZE = 8;
/** Where the parts of the first queue lie; those of the next ones are a bank further. */
export const [DESC, AVAIL, USED] = [0x1000, 0x2000, 0x3000];
export const BANK = 0x1_0000;
const LEGACY_ALIGN = 0x1000;
const [INDIRECT_DESC, EVENT_IDX] = [1 << 28, 1 << 29];

export interface TestDriverOptions {
  eventIndex?: boolean;
  legacy?: boolean;
  /** Taken, beside those of rings. */
  features?: number;
  /** The queues that are set up; all of them when absent. The first one lies in the first bank, and so on. */
  queues?: readonly number[];
  /** RAM, when it is not a bank for each queue. */
  memory?: { ram: Uint8Array; dma: Dma };
  /** The device's, for one that has timers of its own. */
  clock?: TestClock;
}

/** RAM that begins at address 0. */
export function memoryOf(ram: Uint8Array): { ram: Uint8Array; dma: Dma } {
  const inside = (pa: number, length: number) => pa + length <= ram.length;
  const dma: Dma = {
    read: (pa, into) => inside(pa, into.length) && (into.set(ram.subarray(pa, pa + into.length)), true),
    write: (pa, from) => inside(pa, from.length) && (ram.set(from, pa), true),
  };
  return { ram, dma };
}

/** A machine with a bank of 64 KiB of RAM for each queue, one transport, and what a driver does with it. */
export class TestDriver {
  readonly ram: Uint8Array;
  readonly view: DataView;
  readonly clock: TestClock;
  readonly irq = { level: false, set: (level: boolean) => void (this.irq.level = level) };
  readonly mmio;
  readonly dma: Dma;
  /** Each with its bank. */
  readonly queues: readonly number[];
  private readonly options: TestDriverOptions;

  constructor(device: VirtioDevice | undefined, options: TestDriverOptions = {}) {
    this.options = options;
    this.clock = options.clock ?? new TestClock();
    this.queues = options.queues ?? [...(device?.queueSizes ?? [0]).keys()];
    const { ram, dma } = options.memory ?? memoryOf(new Uint8Array(BANK * this.queues.length));
    this.ram = ram;
    this.dma = dma;
    this.view = new DataView(ram.buffer, ram.byteOffset, ram.length);
    this.mmio = createVirtioMmio({ irq: this.irq, clock: this.clock, dma, device, legacy: options.legacy ?? false });
  }

  write = (offset: number, value: number): void => this.mmio.write(offset, 4, value);
  read = (offset: number): number => this.mmio.read(offset, 4);

  /** Agrees on features and sets all queues up. */
  start(): void {
    const { eventIndex, legacy, features = 0 } = this.options;
    this.write(R.STATUS, 3);
    this.write(R.DRIVER_FEATURES_SEL, 0);
    this.write(R.DRIVER_FEATURES, (features | INDIRECT_DESC | (eventIndex ? EVENT_IDX : 0)) >>> 0);
    if (legacy) this.write(R.PAGE_SIZE, 0x1000);
    else {
      this.write(R.DRIVER_FEATURES_SEL, 1);
      this.write(R.DRIVER_FEATURES, 1);
      this.write(R.STATUS, 11);
    }
    for (const queue of this.queues) {
      const bank = this.bankOf(queue);
      this.write(Q.SEL, queue);
      this.write(Q.NUM, SIZE);
      if (legacy) {
        this.write(Q.ALIGN, LEGACY_ALIGN);
        this.write(Q.PFN, (DESC + bank) / 0x1000);
      } else {
        this.write(Q.DESC, DESC + bank);
        this.write(Q.AVAIL, AVAIL + bank);
        this.write(Q.USED, USED + bank);
        this.write(Q.READY, 1);
      }
    }
    this.write(R.STATUS, legacy ? 7 : 15);
  }

  describeAt(table: number, index: number, pa: number, length: number, flags = 0, next = 0): void {
    const { view } = this;
    view.setBigUint64(table + 16 * index, BigInt(pa), true);
    view.setUint32(table + 16 * index + 8, length, true);
    view.setUint16(table + 16 * index + 12, flags, true);
    view.setUint16(table + 16 * index + 14, next, true);
  }

  /** Makes a request available, and says so. */
  submit(head: number, queue = 0): void {
    const avail = this.availOf(queue);
    const index = this.view.getUint16(avail + 2, true);
    this.view.setUint16(avail + 4 + 2 * (index % SIZE), head, true);
    this.view.setUint16(avail + 2, index + 1, true);
    this.write(Q.NOTIFY, queue);
  }

  /** How many requests came back, and the first of them. */
  used(queue = 0): { index: number; id: number; length: number } {
    const used = this.usedOf(queue);
    return {
      index: this.view.getUint16(used + 2, true),
      id: this.view.getUint32(used + 4, true),
      length: this.view.getUint32(used + 8, true),
    };
  }

  bankOf(queue: number): number {
    return BANK * this.queues.indexOf(queue);
  }

  availOf(queue: number): number {
    return this.bankOf(queue) + (this.options.legacy ? DESC + 16 * SIZE : AVAIL);
  }

  usedOf(queue: number): number {
    // Before version 1.0 behind the other parts, at the next multiple of the alignment.
    return this.bankOf(queue) + (this.options.legacy ? DESC + LEGACY_ALIGN : USED);
  }
}
