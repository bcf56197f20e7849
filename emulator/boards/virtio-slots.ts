import type { BoardDevice } from './board.ts';

/** Transports beside each other, with interrupts in the same order. A machine fills them from the last one down, as QEMU does. */
export function virtioSlots(base: number, stride: number, spi: number, count: number): BoardDevice[] {
  return Array.from({ length: count }, (_, slot) => ({
    kind: 'virtio-mmio',
    name: `virtio${slot}`,
    base: base + slot * stride,
    size: 0x200,
    spi: spi + slot,
  }));
}
