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
}

/** A machine with a bank of 64 KiB of RAM for each queue, one transport, and what a driver does with it. */
export class TestDriver {
  readonly ram: Uint8Array;
  readonly view: DataView;
  readonly clock = new TestClock();
  readonly irq = { level: false, set: (level: boolean) => void (this.irq.level = level) };
  readonly mmio;
  readonly dma: Dma;
  private readonly options: TestDriverOptions;
  private readonly queues: number;

  constructor(device: VirtioDevice | undefined, options: TestDriverOptions = {}) {
    this.options = options;
    this.queues = device?.queueSizes.length ?? 1;
    const ram = (this.ram = new Uint8Array(BANK * this.queues));
    this.view = new DataView(ram.buffer);
    const inside = (pa: number, length: number) => pa + length <= ram.length;
    const dma = (this.dma = {
      read: (pa: number, into: Uint8Array) => inside(pa, into.length) && (into.set(ram.subarray(pa, pa + into.length)), true),
      write: (pa: number, from: Uint8Array) => inside(pa, from.length) && (ram.set(from, pa), true),
    } satisfies Dma);
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
    for (let queue = 0; queue < this.queues; queue++) {
      this.write(Q.SEL, queue);
      this.write(Q.NUM, SIZE);
      if (legacy) {
        this.write(Q.ALIGN, LEGACY_ALIGN);
        this.write(Q.PFN, (DESC + BANK * queue) / 0x1000);
      } else {
        this.write(Q.DESC, DESC + BANK * queue);
        this.write(Q.AVAIL, AVAIL + BANK * queue);
        this.write(Q.USED, USED + BANK * queue);
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

  availOf(queue: number): number {
    return BANK * queue + (this.options.legacy ? DESC + 16 * SIZE : AVAIL);
  }

  usedOf(queue: number): number {
    // Before version 1.0 behind the other parts, at the next multiple of the alignment.
    return BANK * queue + (this.options.legacy ? DESC + LEGACY_ALIGN : USED);
  }
}
