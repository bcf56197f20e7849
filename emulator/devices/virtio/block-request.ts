/** Requests of a block device (virtio 1.2 §5.2), whoever carries them out. */
import { encodeUtf8 } from '../../base/utf8.ts';
import type { Chain } from './chain.ts';
import { SECTOR } from './sectors.ts';

export const BLOCK_QUEUE_SIZE = 256;
export const HEADER_BYTES = 16;
const SERIAL_BYTES = 20;
const [F_SEG_MAX, F_RO, F_BLK_SIZE, F_FLUSH] = [1n << 2n, 1n << 5n, 1n << 6n, 1n << 9n];
const types: ReadonlyMap<number, BlockRequest['kind']> = new Map([
  [0, 'read'],
  [1, 'write'],
  [4, 'flush'],
  [8, 'id'],
]);

export const blockStatus = { OK: 0, IO_ERROR: 1, UNSUPPORTED: 2 } as const;

export interface BlockRequest {
  /** `undefined`: a type that the device does not know. */
  readonly kind: 'read' | 'write' | 'flush' | 'id' | undefined;
  readonly sector: number;
  /** Of data, whichever way they go. */
  readonly bytes: number;
}

/** What a chain asks for; undefined where it has no header or no room for a status. */
export function blockRequest(chain: Chain): BlockRequest | undefined {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  if (chain.writable < 1 || !chain.read(0, new Uint8Array(header.buffer))) return undefined;
  const kind = types.get(header.getUint32(0, true));
  const bytes = kind === 'write' ? chain.readable - HEADER_BYTES : kind === 'flush' ? 0 : chain.writable - 1;
  return { kind, sector: Number(header.getBigUint64(8, true)), bytes };
}

/** Whether a request is of whole sectors that a drive of so many has. */
export function isOnDrive({ sector, bytes }: BlockRequest, sectors: number): boolean {
  return bytes % SECTOR === 0 && sector + bytes / SECTOR <= sectors;
}

/** What GET_ID answers in so much room. */
export function serialText(serial: string, room: number): Uint8Array {
  const text = new Uint8Array(Math.min(SERIAL_BYTES, room));
  text.set(encodeUtf8(serial).subarray(0, text.length));
  return text;
}

export function blockFeatures(readOnly: boolean): bigint {
  return F_SEG_MAX | F_BLK_SIZE | F_FLUSH | (readOnly ? F_RO : 0n);
}

/** §5.2.4: capacity in sectors, segments of a request beside header and status, size of a block. */
export function blockConfiguration(sectors: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(60));
  view.setBigUint64(0, BigInt(sectors), true);
  view.setUint32(12, BLOCK_QUEUE_SIZE - 2, true);
  view.setUint32(20, SECTOR, true);
  return new Uint8Array(view.buffer);
}
