import { encodeUtf8 } from '../base/utf8.ts';
import type { Hasher } from '../base/host.ts';
import type { DeviceValue } from '../devices/device.ts';
import type { Core } from './core.ts';
import type { PhysicalMemory } from './physical-memory.ts';

/** Feeds a device's state to a hash: canonical, with a type before each value so that no two states look alike. */
function hashValue(hash: Hasher, value: DeviceValue): void {
  if (value instanceof Uint8Array) {
    hash.update(encodeUtf8(`b${value.length}:`));
    hash.update(value);
  } else if (Array.isArray(value)) {
    hash.update(encodeUtf8(`[${value.length}:`));
    for (const item of value) hashValue(hash, item);
  } else if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value).sort();
    hash.update(encodeUtf8(`{${keys.length}:`));
    for (const key of keys) {
      hash.update(encodeUtf8(`${key.length}:${key}`));
      hashValue(hash, value[key] as DeviceValue);
    }
  } else hash.update(encodeUtf8(`${typeof value}:${String(value)};`));
}

/**
 * `sha256:…` over everything that the guest can see: core registers, RAM that was touched (zero pages are as if never touched), devices, time.
 */
export function stateHash(hash: Hasher, cores: readonly Core[], ram: PhysicalMemory, devices: [string, DeviceValue][]): string {
  for (const core of cores) core.architecturalBytes((bytes) => hash.update(bytes));
  ram.touched((pa, bytes) => {
    if (isZero(bytes)) return;
    hash.update(encodeUtf8(`@${pa.toString(16)}:`));
    hash.update(bytes);
  });
  for (const [name, state] of devices) {
    hash.update(encodeUtf8(`${name}=`));
    hashValue(hash, state);
  }
  return `sha256:${hash.digest()}`;
}

/** Whether a page holds nothing; by words, for a machine has tens of thousands of them. */
function isZero({ buffer, byteOffset, length }: Uint8Array): boolean {
  const words = new Int32Array(buffer, byteOffset, length / 4);
  for (let n = 0; n < words.length; n++) if (words[n] !== 0) return false;
  return true;
}
