import { encodeUtf8 } from '../../../base/utf8.ts';
import type { Chain } from '../chain.ts';

/** Events of control messages (virtio 1.2 §5.3.6.2). */
export const event = {
  DEVICE_READY: 0,
  DEVICE_ADD: 1,
  DEVICE_REMOVE: 2,
  PORT_READY: 3,
  CONSOLE_PORT: 4,
  RESIZE: 5,
  PORT_OPEN: 6,
  PORT_NAME: 7,
} as const;

const HEADER_BYTES = 8;

export interface ControlMessage {
  readonly port: number;
  readonly event: number;
  readonly value: number;
}

/** What the driver says; undefined for what is too short, null for what lies outside of RAM. */
export function readMessage(chain: Chain): ControlMessage | undefined | null {
  if (chain.readable < HEADER_BYTES) return undefined;
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  if (!chain.read(0, new Uint8Array(view.buffer))) return null;
  return { port: view.getUint32(0, true), event: view.getUint16(4, true), value: view.getUint16(6, true) };
}

/** A message for the driver, with what follows the header of some. */
export function message(port: number, event: number, value = 1, payload: Uint8Array = new Uint8Array()): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, port, true);
  view.setUint16(4, event, true);
  view.setUint16(6, value, true);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/** Columns before rows (§5.3.6.2); Linux before 2025 reads them the other way round. */
export const resizeMessage = (port: number, { columns, rows }: ConsoleSize): Uint8Array =>
  message(port, event.RESIZE, 1, Uint8Array.of(columns & 0xff, columns >> 8, rows & 0xff, rows >> 8));

/** Terminated by a zero, as QEMU sends it. */
export const nameMessage = (port: number, name: string): Uint8Array => message(port, event.PORT_NAME, 1, encodeUtf8(`${name}\0`));

/** In characters, 16 bits each. */
export interface ConsoleSize {
  columns: number;
  rows: number;
}
