/** `qXfer`: documents that the debugger reads in pieces. */
import { targetDescription } from '../target-description.ts';
import { errors, type Context, type Handler } from './context.ts';
import { MOST_BYTES } from './packet.ts';
import { parseRange } from './text.ts';
import { threadList } from './threads.ts';

/**
 * The memory map in virtual addresses, which GDB means: any may be mapped, to what changes all the time, so all of it is "ram". A map of what
 * is physically there (the monitor's `info mem`) would keep GDB from every address that a kernel uses.
 */
const memoryMap = `<?xml version="1.0"?>
<!DOCTYPE memory-map PUBLIC "+//IDN gnu.org//DTD GDB Memory Map V1.0//EN" "http://sourceware.org/gdb/gdb-memory-map.dtd">
<memory-map>
  <memory type="ram" start="0x0" length="0x8000000000000000"/>
  <memory type="ram" start="0x8000000000000000" length="0x8000000000000000"/>
</memory-map>
`;

/** Read in many pieces. */
let description: string | undefined;

const documents: Readonly<Record<string, (context: Context) => string>> = {
  'features:read:target.xml': () => (description ??= targetDescription()),
  'memory-map:read:': () => memoryMap,
  'threads:read:': threadList,
};

/** `qXfer:object:read:annex:offset,length`. */
export const transfer: Handler = (context, rest) => {
  const at = rest.lastIndexOf(':');
  const name = rest.slice(0, Math.max(at, 0));
  if (!Object.hasOwn(documents, name)) return /^(features|memory-map|threads):read:/.test(rest) ? errors.notFound : '';
  const range = parseRange(rest.slice(at + 1));
  if (!range) return errors.invalid;
  const text = documents[name]!(context);
  const offset = Number(range.address);
  if (offset > text.length) return errors.invalid;
  const piece = text.slice(offset, offset + Math.min(range.length, MOST_BYTES / 2 - 16));
  return `${offset + piece.length < text.length ? 'm' : 'l'}${piece}`;
};
