import { encodeUtf8 } from '../../base/utf8.ts';
import type { Chain } from './chain.ts';
import { imageSectors, overlaidSectors, type Overlay, SECTOR } from './sectors.ts';
import type { VirtioDevice } from './device.ts';

/** A block device (virtio 1.2 §5.2) whose sectors lie in memory. They are not part of its snapshot: the machine keeps drives apart. */
export interface VirtioBlockOptions {
  /** What follows the last whole sector is not seen. */
  image: SharedArrayBuffer;
  readOnly: boolean;
  /** Where it is present the image stays as it is, and what was written is here. */
  overlay?: Overlay;
  /** What GET_ID says, up to 20 bytes. */
  serial: string;
  /** Sectors were changed: the host may write them back. */
  onWrite(sector: number, count: number): void;
  /** The driver wants what was written to be safe. */
  onFlush?(): void;
  /** Virtual time from notification to completion. */
  latencyNs?: number;
  bytesPerSecond?: number;
}

const QUEUE_SIZE = 256;
const HEADER_BYTES = 16;
const SERIAL_BYTES = 20;
const [F_SEG_MAX, F_RO, F_BLK_SIZE, F_FLUSH] = [1n << 2n, 1n << 5n, 1n << 6n, 1n << 9n];
const request = { IN: 0, OUT: 1, FLUSH: 4, GET_ID: 8 } as const;
const [OK, IO_ERROR, UNSUPPORTED] = [0, 1, 2];

/** What became of a request: its status, and the bytes that were moved. `undefined`: its buffers lie outside of RAM. */
type Result = { status: number; read?: number; moved?: number } | undefined;

export function createVirtioBlock(options: VirtioBlockOptions): VirtioDevice {
  // A plausible flash of a phone; what a guest measures depends on it.
  const { image, readOnly, serial, onWrite, onFlush, latencyNs = 20_000, bytesPerSecond = 2e9 } = options;
  const sectors = Math.floor(image.byteLength / SECTOR);
  const store = options.overlay ? overlaidSectors(image, options.overlay) : imageSectors(image);

  function run(type: number, sector: number, chain: Chain): Result {
    const [source, space] = [chain.readable - HEADER_BYTES, chain.writable - 1];
    const isThere = (length: number) => length % SECTOR === 0 && sector + length / SECTOR <= sectors;
    switch (type) {
      case request.IN: {
        if (!isThere(space)) return { status: IO_ERROR };
        return chain.write(0, store.read(sector, space)) ? { status: OK, read: space, moved: space } : undefined;
      }
      case request.OUT: {
        if (readOnly || !isThere(source)) return { status: IO_ERROR };
        if (!store.write(sector, source, (into) => chain.read(HEADER_BYTES, into))) return undefined;
        if (!options.overlay) onWrite(sector, source / SECTOR);
        return { status: OK, moved: source };
      }
      case request.FLUSH:
        onFlush?.();
        return { status: OK };
      case request.GET_ID: {
        const text = new Uint8Array(Math.min(SERIAL_BYTES, space));
        text.set(encodeUtf8(serial).subarray(0, text.length));
        return chain.write(0, text) ? { status: OK, read: text.length } : undefined;
      }
      default:
        return { status: UNSUPPORTED };
    }
  }

  return {
    id: 2,
    features: F_SEG_MAX | F_BLK_SIZE | F_FLUSH | (readOnly ? F_RO : 0n),
    queueSizes: [QUEUE_SIZE],
    config: configuration(sectors),
    notify(queue) {
      for (let chain = queue.take(); chain; chain = queue.take()) {
        const header = new DataView(new ArrayBuffer(HEADER_BYTES));
        if (chain.writable < 1 || !chain.read(0, new Uint8Array(header.buffer))) return queue.fail();
        const result = run(header.getUint32(0, true), Number(header.getBigUint64(8, true)), chain);
        if (!result || !chain.write(chain.writable - 1, Uint8Array.of(result.status))) return queue.fail();
        const { read = 0, moved = 0 } = result;
        queue.complete(chain, read + 1, latencyNs + Math.ceil((moved * 1e9) / bytesPerSecond));
      }
    },
    reset() {},
    save: () => ({}),
    restore() {},
  };
}

/** §5.2.4: capacity in sectors, segments of a request beside header and status, size of a block. */
function configuration(sectors: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(60));
  view.setBigUint64(0, BigInt(sectors), true);
  view.setUint32(12, QUEUE_SIZE - 2, true);
  view.setUint32(20, SECTOR, true);
  return new Uint8Array(view.buffer);
}
