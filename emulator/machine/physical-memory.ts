import type { Dma } from '../devices/device.ts';
import type { Runtime } from './runtime.ts';

const PAGE = 4096;

/** Read-only memory whose contents a device changes. */
export interface RomBank {
  readonly base: number;
  readonly bytes: Uint8Array;
  /** Where they are in the linear memory. */
  readonly host: number;
  /** Whether cores read it directly; otherwise every access goes to the bus. */
  setMapped(mapped: boolean): void;
  /** To be called with every range that was written. */
  changed(offset: number, length: number): void;
  /** Bytes up to the last that is not zero. */
  trimmed(): Uint8Array;
}

/** Puts `size` bytes of ROM, which are zero at `host`, at `base`. Stale translations are the caller's to drop: `remapped` is called when the mapping changed. */
export function createRom(
  buffer: SharedArrayBuffer,
  runtime: Runtime,
  { base, size }: { base: number; size: number },
  host: number,
  remapped: () => void,
): RomBank {
  runtime.mapRom(BigInt(base), host, size);
  const bytes = new Uint8Array(buffer, host, size);
  let isMapped = true;
  // Behind this nothing was ever written: a search for the end need not go through tens of megabytes.
  let written = 0;
  return {
    ...{ base, bytes, host },
    setMapped(mapped) {
      if (mapped === isMapped) return;
      isMapped = mapped;
      runtime.mapRom(BigInt(base), mapped ? host : 0, size);
      remapped();
    },
    changed(offset, length) {
      written = Math.max(written, offset + length);
      runtime.codeRangeChanged(host + offset, length);
    },
    trimmed() {
      let end = Math.min(written, size);
      while (end > 0 && bytes[end - 1] === 0) end--;
      return bytes.subarray(0, end);
    },
  };
}

/** Guest-physical RAM for devices, loaders and the state hash. */
export class PhysicalMemory implements Dma {
  private readonly bytes: Uint8Array;
  private readonly runtime: Runtime;
  readonly base: number;
  readonly size: number;

  /** The runtime's map has it already, or `map` puts it there. */
  constructor(buffer: SharedArrayBuffer, runtime: Runtime, base: number, size: number, map = true) {
    this.bytes = new Uint8Array(buffer);
    this.runtime = runtime;
    this.base = base;
    this.size = size;
    if (map) runtime.mapRam(BigInt(base), BigInt(size));
  }

  private holds(pa: number, length: number): boolean {
    return pa >= this.base && pa + length <= this.base + this.size;
  }

  read(pa: number, into: Uint8Array): boolean {
    if (!this.holds(pa, into.length)) return false;
    const { runtime } = this;
    eachPage(pa, into.length, (at, from, count) => {
      const host = runtime.physicalAddress(BigInt(at)) >>> 0;
      into.set(this.bytes.subarray(host, host + count), from);
    });
    return true;
  }

  /** As `read`, and leaves no trace: pages that were never touched stay so. */
  peek(pa: number, into: Uint8Array): boolean {
    if (!this.holds(pa, into.length)) return false;
    for (let done = 0; done < into.length;) {
      const offset = (pa + done) % PAGE;
      const count = Math.min(PAGE - offset, into.length - done);
      const entry = this.runtime.peekEntry(BigInt(pa + done)) >>> 0;
      const host = entry - (entry % PAGE) + offset;
      if (entry > 1) into.set(this.bytes.subarray(host, host + count), done);
      else into.fill(0, done, done + count);
      done += count;
    }
    return true;
  }

  write(pa: number, from: Uint8Array): boolean {
    if (!this.holds(pa, from.length)) return false;
    const { runtime } = this;
    eachPage(pa, from.length, (at, start, count) => {
      const host = runtime.writtenAddress(BigInt(at)) >>> 0;
      this.bytes.set(from.subarray(start, start + count), host);
      runtime.codeRangeChanged(host, count);
    });
    return true;
  }

  /** Zeroes a range; pages that were never touched stay so. */
  clear(pa: number, length: number): void {
    for (let at = pa; at < pa + length; at += PAGE - (at % PAGE)) {
      if (this.runtime.peekEntry(BigInt(at)) <= 1) continue;
      const count = Math.min(PAGE - (at % PAGE), pa + length - at);
      const host = this.runtime.writtenAddress(BigInt(at)) >>> 0;
      this.bytes.fill(0, host, host + count);
      this.runtime.codeRangeChanged(host, count);
    }
  }

  /** Calls `visit` for every page that was touched, in the order of addresses. The bytes are the memory itself. */
  touched(visit: (pa: number, bytes: Uint8Array) => void): void {
    for (let pa = this.base; pa < this.base + this.size; pa += PAGE) {
      const entry = this.runtime.peekEntry(BigInt(pa));
      if (entry >>> 0 > 1) visit(pa, this.bytes.subarray((entry & -PAGE) >>> 0, ((entry & -PAGE) >>> 0) + PAGE));
    }
  }
}

function eachPage(pa: number, length: number, move: (pa: number, offset: number, count: number) => void): void {
  for (let done = 0; done < length;) {
    const count = Math.min(PAGE - ((pa + done) % PAGE), length - done);
    move(pa + done, done, count);
    done += count;
  }
}
