import type { Chain } from './chain.ts';
import {
  BLOCK_QUEUE_SIZE,
  blockConfiguration,
  blockFeatures,
  blockRequest,
  type BlockRequest,
  blockStatus,
  HEADER_BYTES,
  isOnDrive,
  serialText,
} from './block-request.ts';
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

/** What became of a request: its status, and the bytes that were moved. `undefined`: its buffers lie outside of RAM. */
type Result = { status: number; read?: number; moved?: number } | undefined;

export function createVirtioBlock(options: VirtioBlockOptions): VirtioDevice {
  // A plausible flash of a phone; what a guest measures depends on it.
  const { image, readOnly, serial, onWrite, onFlush, latencyNs = 20_000, bytesPerSecond = 2e9 } = options;
  const { OK, IO_ERROR, UNSUPPORTED } = blockStatus;
  const sectors = Math.floor(image.byteLength / SECTOR);
  const store = options.overlay ? overlaidSectors(image, options.overlay) : imageSectors(image);

  function run(request: BlockRequest, chain: Chain): Result {
    const { kind, sector, bytes } = request;
    switch (kind) {
      case 'read': {
        if (!isOnDrive(request, sectors)) return { status: IO_ERROR };
        return chain.write(0, store.read(sector, bytes)) ? { status: OK, read: bytes, moved: bytes } : undefined;
      }
      case 'write': {
        if (readOnly || !isOnDrive(request, sectors)) return { status: IO_ERROR };
        if (!store.write(sector, bytes, (into) => chain.read(HEADER_BYTES, into))) return undefined;
        if (!options.overlay) onWrite(sector, bytes / SECTOR);
        return { status: OK, moved: bytes };
      }
      case 'flush':
        onFlush?.();
        return { status: OK };
      case 'id': {
        const text = serialText(serial, bytes);
        return chain.write(0, text) ? { status: OK, read: text.length } : undefined;
      }
      default:
        return { status: UNSUPPORTED };
    }
  }

  return {
    id: 2,
    features: blockFeatures(readOnly),
    queueSizes: [BLOCK_QUEUE_SIZE],
    config: blockConfiguration(sectors),
    notify(queue) {
      for (let chain = queue.take(); chain; chain = queue.take()) {
        const request = blockRequest(chain);
        const result = request && run(request, chain);
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
