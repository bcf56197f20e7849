import type { Device } from '../devices/device.ts';
import { assert } from '../base/assert.ts';

/** A window of physical addresses behind which a device answers. */
export interface Window {
  readonly name: string;
  readonly base: number;
  readonly size: number;
  readonly device: Device;
}

export type AccessSize = 1 | 2 | 4 | 8;

/**
 * Physical addresses to devices; RAM is not on it. An access must be aligned to its size and lie in one window, else it answers undefined
 * or false and the core takes a synchronous external abort, as on QEMU. Values are unsigned; 8 bytes go in two halves, low half first.
 */
export class Bus {
  /** By address. */
  private readonly windows: Window[] = [];

  map(base: number, size: number, device: Device, name: string): Window {
    const window = { name, base, size, device };
    const at = this.upperBound(base);
    const clash = [this.windows[at - 1], this.windows[at]].find((other) => other && overlap(other, window));
    assert(!clash, `${name} lies over ${clash?.name}`);
    this.windows.splice(at, 0, window);
    return window;
  }

  /** All windows, by address. */
  list(): readonly Window[] {
    return this.windows;
  }

  /** The window that holds the address. */
  find(pa: number): Window | undefined {
    const window = this.windows[this.upperBound(pa) - 1];
    return window && pa - window.base < window.size ? window : undefined;
  }

  read(pa: number, size: AccessSize): bigint | undefined {
    const window = this.aligned(pa, size);
    if (!window) return undefined;
    const offset = pa - window.base;
    if (size !== 8) return BigInt(window.device.read(offset, size));
    const low = window.device.read(offset, 4);
    return (BigInt(window.device.read(offset + 4, 4)) << 32n) | BigInt(low);
  }

  /** Writes the low `size` bytes of `value`; false where nothing answers. */
  write(pa: number, size: AccessSize, value: bigint): boolean {
    const window = this.aligned(pa, size);
    if (!window) return false;
    const offset = pa - window.base;
    if (size !== 8) {
      window.device.write(offset, size, Number(BigInt.asUintN(size * 8, value)));
    } else {
      window.device.write(offset, 4, Number(BigInt.asUintN(32, value)));
      window.device.write(offset + 4, 4, Number(BigInt.asUintN(32, value >> 32n)));
    }
    return true;
  }

  private aligned(pa: number, size: AccessSize): Window | undefined {
    const window = pa % size === 0 ? this.find(pa) : undefined;
    return window && pa - window.base + size <= window.size ? window : undefined;
  }

  /** The number of windows that begin at or below the address. */
  private upperBound(pa: number): number {
    let low = 0;
    let high = this.windows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.windows[middle]!.base <= pa) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function overlap(a: Window, b: Window): boolean {
  return a.base < b.base + b.size && b.base < a.base + a.size;
}
