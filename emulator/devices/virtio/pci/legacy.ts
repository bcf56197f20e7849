/** The registers of before version 1.0 (§4.1.4.10), behind a window of I/O ports. */
import { word } from '../core.ts';
import { pageNumber, setPage } from '../legacy-ring.ts';
import type { Registers } from './common.ts';

/** Pages of queues, and the alignment of their parts; queues have the device's size. */
const PAGE = 4096;

const reg = {
  DEVICE_FEATURES: 0x00,
  DRIVER_FEATURES: 0x04,
  QUEUE_PAGE: 0x08,
  QUEUE_SIZE: 0x0c,
  QUEUE_SELECT: 0x0e,
  QUEUE_NOTIFY: 0x10,
  STATUS: 0x12,
  ISR: 0x13,
  CONFIG_VECTOR: 0x14,
  QUEUE_VECTOR: 0x16,
} as const;

/** Vectors are there only while MSI-X is enabled; then comes the device's configuration. */
const configAt = (hasVectors: boolean): number => (hasVectors ? 0x18 : 0x14);

export function readLegacy(of: Registers, hasVectors: boolean, offset: number, size: 1 | 2 | 4): number {
  const { core, vectors, selection, ring } = of;
  const config = configAt(hasVectors);
  if (offset >= config) return core.readConfig(offset - config, size);
  const value = (() => {
    switch (offset) {
      case reg.DEVICE_FEATURES:
        return word(core.features, 0);
      case reg.DRIVER_FEATURES:
        return word(core.state.driverFeatures, 0);
      case reg.QUEUE_PAGE:
        return ring ? pageNumber(ring, PAGE) : 0;
      case reg.QUEUE_SIZE:
        return ring?.maxSize ?? 0;
      case reg.QUEUE_SELECT:
        return selection.queue as number;
      case reg.STATUS:
        return core.state.status;
      case reg.ISR:
        return of.takeInterrupts();
      case reg.CONFIG_VECTOR:
        return vectors.of(undefined);
      case reg.QUEUE_VECTOR:
        return vectors.of(selection.queue);
      default:
        return 0;
    }
  })();
  return value % 2 ** (8 * size);
}

export function writeLegacy(of: Registers, hasVectors: boolean, offset: number, size: 1 | 2 | 4, value: number): void {
  const { core, vectors, selection, ring } = of;
  const config = configAt(hasVectors);
  if (offset >= config) return core.writeConfig(offset - config, size, value);
  switch (offset) {
    case reg.DRIVER_FEATURES:
      return core.setDriverFeatures(0, value);
    case reg.QUEUE_PAGE:
      if (!ring) return;
      Object.assign(ring.state, { size: ring.maxSize, align: PAGE });
      return setPage(core, ring, PAGE, value);
    case reg.QUEUE_SELECT:
      selection.queue = value;
      return;
    case reg.QUEUE_NOTIFY:
      return of.notify(value);
    case reg.STATUS:
      return of.setStatus(value & 0xff);
    case reg.CONFIG_VECTOR:
      return vectors.set(undefined, value);
    case reg.QUEUE_VECTOR:
      return vectors.set(selection.queue, value);
  }
}
