import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';

/**
 * Flattened device trees (devicetree specification 0.4, chapter 5), version 17: written, and read back to change a tree that the user
 * brought.
 */
export interface TreeNode {
  name: string;
  properties: Map<string, Uint8Array>;
  children: TreeNode[];
}

/** What a property may be written as: a string, strings, cells of 32 bits, raw bytes, or true for one that is only there. */
export type PropertyValue = string | readonly string[] | number | readonly number[] | Uint8Array | true;

export function node(name: string, properties: Record<string, PropertyValue | undefined>, ...children: TreeNode[]): TreeNode {
  const result: TreeNode = { name, properties: new Map(), children };
  for (const [key, value] of Object.entries(properties)) if (value !== undefined) setProperty(result, key, value);
  return result;
}

export function setProperty(target: TreeNode, key: string, value: PropertyValue): void {
  target.properties.set(key, encode(value));
}

/** A 64-bit number as two cells. */
export function cells64(...values: number[]): number[] {
  return values.flatMap((value) => [Math.floor(value / 2 ** 32), value % 2 ** 32]);
}

const MAGIC = 0xd00d_feed;
const HEADER_BYTES = 40;
const RESERVE_MAP_END_BYTES = 16;
/** Deeper trees are taken for damaged ones. */
const MAX_DEPTH = 64;
const [BEGIN_NODE, END_NODE, PROP, NOP, END] = [1, 2, 3, 4, 9];

/** The blob of a tree. The map of reserved memory is empty. */
export function writeFdt(root: TreeNode): Uint8Array {
  const structure = new Writer();
  const strings = new Writer();
  const stringOffsets = new Map<string, number>();

  const writeNode = ({ name, properties, children }: TreeNode) => {
    structure.u32(BEGIN_NODE).text(name).align();
    for (const [key, value] of properties) {
      if (!stringOffsets.has(key)) {
        stringOffsets.set(key, strings.bytes.length);
        strings.text(key);
      }
      structure.u32(PROP).u32(value.length).u32(stringOffsets.get(key)!).raw(value).align();
    }
    children.forEach(writeNode);
    structure.u32(END_NODE);
  };
  writeNode(root);
  structure.u32(END);

  const structureAt = HEADER_BYTES + RESERVE_MAP_END_BYTES;
  const stringsAt = structureAt + structure.bytes.length;
  const total = stringsAt + strings.bytes.length;
  const header = new Writer();
  for (const word of [
    MAGIC,
    total,
    structureAt,
    stringsAt,
    HEADER_BYTES,
    17,
    16,
    0,
    strings.bytes.length,
    structure.bytes.length,
  ]) {
    header.u32(word);
  }
  return Uint8Array.from([...header.bytes, ...new Uint8Array(RESERVE_MAP_END_BYTES), ...structure.bytes, ...strings.bytes]);
}

/** The tree of a blob, or a sentence that says what is wrong with it. NOPs and the map of reserved memory are dropped. */
export function readFdt(blob: Uint8Array): TreeNode | string {
  if (blob.length < HEADER_BYTES) return 'it is too short for a device tree';
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const [magic, total, structureAt, stringsAt, , , lastCompatible] = Array.from({ length: 7 }, (_, i) => view.getUint32(4 * i));
  if (magic !== MAGIC) return 'it does not begin as a device tree blob does';
  if (lastCompatible! > 17) return `it is in version ${lastCompatible} of the format, which is unknown`;
  if (total! > blob.length) return `it is cut off: ${blob.length} of ${total} bytes`;

  const root: TreeNode = { name: '', properties: new Map(), children: [] };
  const open: TreeNode[] = [];
  const text = (at: number) => {
    const end = blob.indexOf(0, at);
    return end < 0 || end >= total! ? undefined : decodeUtf8(blob.subarray(at, end));
  };
  for (let at = structureAt!; at + 4 <= total!;) {
    const token = view.getUint32(at);
    const parent = open.at(-1);
    at += 4;
    if (token === BEGIN_NODE) {
      const name = text(at);
      if (name === undefined || open.length === MAX_DEPTH || (!parent && name !== '')) break;
      const child = parent ? node(name, {}) : root;
      parent?.children.push(child);
      open.push(child);
      at = align4(at + name.length + 1);
    } else if (token === PROP && parent && at + 8 <= total!) {
      const length = view.getUint32(at);
      const key = text(stringsAt! + view.getUint32(at + 4));
      if (key === undefined || at + 8 + length > total!) break;
      parent.properties.set(key, blob.slice(at + 8, at + 8 + length));
      at = align4(at + 8 + length);
    } else if (token === END_NODE && parent) {
      open.pop();
    } else if (token === END && open.length === 0) {
      return root;
    } else if (token !== NOP) {
      break;
    }
  }
  return 'its structure is damaged';
}

function encode(value: PropertyValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const writer = new Writer();
  if (value !== true) {
    for (const part of Array.isArray(value) ? (value as readonly (string | number)[]) : [value as string | number]) {
      if (typeof part === 'string') writer.text(part);
      else writer.u32(part);
    }
  }
  return Uint8Array.from(writer.bytes);
}

const align4 = (value: number) => (value + 3) & ~3;

/** Big-endian words and zero-terminated text. */
class Writer {
  readonly bytes: number[] = [];

  u32(value: number): this {
    this.bytes.push(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
    return this;
  }
  raw(bytes: Uint8Array): this {
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }
  text(value: string): this {
    return this.raw(encodeUtf8(value + '\0'));
  }
  align(): this {
    while (this.bytes.length % 4 !== 0) this.bytes.push(0);
    return this;
  }
}
