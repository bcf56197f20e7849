import { TILE } from '../../screen/memory.ts';
import { fromBgra, fromRgba, OPAQUE, type ToArgb } from '../../screen/pixels.ts';
import { canShow, type Surface } from '../../screen/surface.ts';
import type { FwCfgFile } from '../fw-cfg/items.ts';

/** QEMU's ramfb: a framebuffer in the guest's RAM, of which it tells by a file of the firmware configuration (hw/display/ramfb.c by its layout). */
export interface RamfbOptions {
  surface: Surface;
  /** Reads RAM so that nobody notices; false for what is none. */
  peek(pa: number, into: Uint8Array): boolean;
}

export interface Ramfb {
  /** To be offered to the guest. What it says lasts over a reset. */
  readonly file: FwCfgFile;
  /** The guest does not say when it draws: copies what it has changed since the last time. */
  refresh(): void;
}

/** Address (64 bits), DRM's code of the format, flags, width, height, stride: big-endian. */
const FILE_BYTES = 28;

interface Format {
  readonly bytes: number;
  readonly toArgb: ToArgb;
}

/** DRM's formats that firmware chooses from, by the four letters; in memory the lowest byte is the last letter's. */
const formats: ReadonlyMap<string, Format> = new Map([
  ['XR24', { bytes: 4, toArgb: fromBgra }],
  ['AR24', { bytes: 4, toArgb: fromBgra }],
  ['XB24', { bytes: 4, toArgb: fromRgba }],
  ['AB24', { bytes: 4, toArgb: fromRgba }],
  ['RG24', { bytes: 3, toArgb: fromBgra }],
]);

interface Framebuffer {
  readonly address: number;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly format: Format;
}

export function createRamfb({ surface, peek }: RamfbOptions): Ramfb {
  let framebuffer: Framebuffer | undefined;

  /** Copies a row, and notes the columns of tiles in which it differs from what is shown. */
  function copyRow({ address, width, stride, format: { bytes: size, toArgb } }: Framebuffer, y: number, dirty: boolean[]): void {
    const bytes = new Uint8Array(width * size);
    peek(address + y * stride, bytes);
    const row = surface.row(0, y, width);
    for (let x = 0, at = 0; x < width; x++, at += size) {
      const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
      const pixel = (toArgb(word) | OPAQUE) >>> 0;
      if (row[x] === pixel) continue;
      row[x] = pixel;
      dirty[Math.floor(x / TILE)] = true;
    }
  }

  /** Whether the first row and the last one are in RAM. */
  function isRam({ address, width, height, stride, format }: Framebuffer): boolean {
    const row = new Uint8Array(width * format.bytes);
    return peek(address, row) && peek(address + (height - 1) * stride, row);
  }

  function refresh(): void {
    if (!framebuffer) return;
    const { width, height } = framebuffer;
    for (let y = 0; y < height; y += TILE) {
      const dirty: boolean[] = [];
      const rows = Math.min(TILE, height - y);
      for (let row = y; row < y + rows; row++) copyRow(framebuffer, row, dirty);
      dirty.forEach((_, column) => {
        const x = column * TILE;
        surface.changed({ x, y, width: Math.min(TILE, width - x), height: rows });
      });
    }
  }

  return {
    file: {
      name: 'etc/ramfb',
      bytes: new Uint8Array(FILE_BYTES),
      onWrite(bytes) {
        const wanted = decode(bytes);
        framebuffer = wanted && isRam(wanted) ? wanted : undefined;
        if (framebuffer) surface.setMode(framebuffer.width, framebuffer.height);
        else surface.blank();
      },
    },
    refresh,
  };
}

/** `undefined` for what cannot be shown. */
function decode(bytes: Uint8Array): Framebuffer | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const code = view.getUint32(8);
  const format = formats.get(String.fromCharCode(code & 0xff, (code >> 8) & 0xff, (code >> 16) & 0xff, code >>> 24));
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (!format || !canShow(width, height)) return undefined;
  const stride = view.getUint32(24) || width * format.bytes;
  return { address: Number(view.getBigUint64(0)), width, height, stride, format };
}
