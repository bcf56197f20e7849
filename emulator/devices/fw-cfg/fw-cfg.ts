import { encodeUtf8 } from '../../base/utf8.ts';
import type { Device, DeviceState, Dma } from '../device.ts';
import { fwCfgItems, type FwCfgContents } from './items.ts';

/**
 * QEMU's firmware configuration device over MMIO (docs/specs/fw_cfg.rst): items that are selected by key and read through the data
 * register or by DMA. Its registers are big-endian. What the guest writes into a file is kept over a reset.
 */
const [DATA_END, SELECTOR, DMA_HIGH, DMA_LOW] = [7, 8, 16, 20];
/** Reading the DMA register tells that there is one: `QEMU CFG`. */
const DMA_SIGNATURE = encodeUtf8('QEMU CFG');
const control = { ERROR: 1, READ: 2, SKIP: 4, SELECT: 8, WRITE: 16 } as const;
/** Bit 14 of a key once asked for writing, and is ignored. */
const KEY_MASK = 0xbfff;
const CHUNK = 0x1_0000;

const powerOn = { key: 0, offset: 0, dmaHigh: 0 };

export function createFwCfg({ dma, ...contents }: FwCfgContents & { dma: Dma }): Device {
  const items = fwCfgItems(contents);
  const writable = [...items].filter(([, item]) => item.onWrite);
  // The caller's bytes stay as they are.
  for (const [key, item] of writable) items.set(key, { ...item, bytes: item.bytes.slice() });
  let state = { ...powerOn };

  const select = (key: number) => {
    state.key = key & KEY_MASK;
    state.offset = 0;
  };
  /** What is left of the selected item; reading beyond gives zeros. */
  const rest = () => items.get(state.key)?.bytes.subarray(state.offset) ?? new Uint8Array();

  function readData(size: number): number {
    const value = inOrder(rest(), size);
    state.offset += size;
    return value;
  }

  /** Runs the request that lies at this address in RAM, and puts its outcome there. */
  function runDma(pa: number) {
    const request = new DataView(new ArrayBuffer(16));
    if (!dma.read(pa, new Uint8Array(request.buffer))) return;
    const command = request.getUint32(0);
    const length = request.getUint32(4);
    const address = Number(request.getBigUint64(8));
    if (command & control.SELECT) select(command >>> 16);
    const done =
      command & control.READ
        ? readByDma(address, length)
        : command & control.WRITE
          ? writeByDma(address, length)
          : command & control.SKIP
            ? skip(length)
            : true;
    request.setUint32(0, done ? 0 : control.ERROR);
    dma.write(pa, new Uint8Array(request.buffer, 0, 4));
  }

  function skip(length: number): boolean {
    state.offset += length;
    return true;
  }

  function readByDma(address: number, length: number): boolean {
    const bytes = rest().subarray(0, length);
    if (!dma.write(address, bytes)) return false;
    for (let at = bytes.length; at < length; at += CHUNK) {
      if (!dma.write(address + at, new Uint8Array(Math.min(CHUNK, length - at)))) return false;
    }
    return skip(length);
  }

  function writeByDma(address: number, length: number): boolean {
    const item = items.get(state.key);
    const target = rest().subarray(0, length);
    if (!item?.onWrite || target.length !== length || !dma.read(address, target)) return false;
    item.onWrite(item.bytes);
    return skip(length);
  }

  return {
    kind: 'fw-cfg',
    read(offset, size) {
      if (offset <= DATA_END) return readData(size);
      return offset < DMA_HIGH ? 0 : inOrder(DMA_SIGNATURE.subarray(offset - DMA_HIGH), size);
    },
    write(offset, size, value) {
      if (offset === SELECTOR && size === 2) select(swap32(value) >>> 16);
      if (offset === DMA_HIGH && size === 4) state.dmaHigh = swap32(value);
      if (offset === DMA_LOW && size === 4) {
        const address = state.dmaHigh * 2 ** 32 + swap32(value);
        state.dmaHigh = 0;
        runDma(address);
      }
    },
    reset() {
      state = { ...powerOn };
    },
    save: (): DeviceState => ({ ...state, files: writable.map(([key]) => items.get(key)!.bytes.slice()) }),
    restore(saved) {
      const { files, ...values } = saved;
      state = values as typeof powerOn;
      writable.forEach(([key], i) => {
        const item = items.get(key)!;
        item.bytes.set((files as Uint8Array[])[i]!);
        item.onWrite?.(item.bytes);
      });
    },
  };
}

/** The first bytes as a little-endian access sees them; zeros follow. */
function inOrder(bytes: Uint8Array, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value += (bytes[i] ?? 0) * 2 ** (8 * i);
  return value;
}

function swap32(value: number): number {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}
