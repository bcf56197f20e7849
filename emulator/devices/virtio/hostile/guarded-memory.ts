import type { Dma } from '../../device.ts';
import { memoryOf } from '../test-driver.ts';

const GUARD_BYTES = 0x1000;
const GUARD = 0xa5;

/** RAM between two guards that nothing may touch. It counts what devices move, which bounds the time that they take. */
export class GuardedMemory {
  readonly ram: Uint8Array;
  readonly dma: Dma;
  /** Accesses and bytes so far. */
  moved = { accesses: 0, bytes: 0 };
  private readonly whole: Uint8Array;

  constructor(size: number) {
    this.whole = new Uint8Array(size + 2 * GUARD_BYTES).fill(GUARD);
    const { ram, dma } = memoryOf(this.whole.subarray(GUARD_BYTES, GUARD_BYTES + size));
    this.ram = ram.fill(0);
    const count = (bytes: number) => {
      this.moved.accesses++;
      this.moved.bytes += bytes;
    };
    this.dma = {
      read: (pa, into) => (count(into.length), dma.read(pa, into)),
      write: (pa, from) => (count(from.length), dma.write(pa, from)),
    };
  }

  get isIntact(): boolean {
    const isGuard = (byte: number) => byte === GUARD;
    return this.whole.subarray(0, GUARD_BYTES).every(isGuard) && this.whole.subarray(-GUARD_BYTES).every(isGuard);
  }
}
