/**
 * Console bytes on the wire, both ways: kind (1), console (1), two zero bytes, machine (u32), offset (f64), then the bytes; little endian.
 * The offset is 0 from the screen to the host.
 */
import type { ConsoleEvent } from './events.ts';

const headerBytes = 16;
const consoleKind = 1;

export function encodeFrame({ machine, console, offset, bytes }: ConsoleEvent): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(headerBytes + bytes.length);
  const view = new DataView(frame.buffer);
  view.setUint8(0, consoleKind);
  view.setUint8(1, console);
  view.setUint32(4, machine, true);
  view.setFloat64(8, offset, true);
  frame.set(bytes, headerBytes);
  return frame;
}

/** Answers undefined for what is not a well-formed frame. The bytes are a view into `frame`. */
export function decodeFrame(frame: Uint8Array): ConsoleEvent | undefined {
  if (frame.length < headerBytes) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint8(0) !== consoleKind || view.getUint16(2) !== 0) return undefined;
  const machine = view.getUint32(4, true);
  const offset = view.getFloat64(8, true);
  if (machine === 0 || !Number.isSafeInteger(offset) || offset < 0) return undefined;
  return { machine, console: view.getUint8(1), offset, bytes: frame.subarray(headerBytes) };
}
