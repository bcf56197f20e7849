import type { AddressRange } from '../boards/board.ts';
import type { Dma, MessageInterrupts } from '../devices/device.ts';
import type { MachineConfig } from './types.ts';

/** Registers of an interrupt controller that take messages. */
export interface Doorbell extends AddressRange {
  ring(requester: number, offset: number, data: number): void;
}

/** Whether the interrupt controller has LPIs and an ITS for them, as QEMU's `virt` has it unless told otherwise. */
export function hasIts({ gic, its = true }: Pick<MachineConfig, 'gic' | 'its'>): boolean {
  return gic === 3 && its;
}

/**
 * Messages go to doorbells, or else to RAM, as whatever a bus master writes. They do not reach registers of other devices, which a guest could
 * use to let a device ring itself without an end.
 */
export function messageInterrupts(doorbells: readonly Doorbell[], dma: Dma): MessageInterrupts {
  return {
    send(requester, address, data) {
      const doorbell = doorbells.find(({ base, size }) => address >= base && address < base + size);
      if (doorbell) return doorbell.ring(requester, address - doorbell.base, data);
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setUint32(0, data, true);
      dma.write(address, bytes);
    },
  };
}
