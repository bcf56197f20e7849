import { describe, expect, test } from 'vitest';
import { ScreenReader } from '../../screen/reader.ts';
import { Surface } from '../../screen/surface.ts';
import { createRamfb } from './ramfb.ts';

const ADDRESS = 0x100;

function create() {
  const ram = new Uint8Array(0x1_0000);
  const surface = new Surface();
  const peek = (pa: number, into: Uint8Array) =>
    pa + into.length <= ram.length && (into.set(ram.subarray(pa, pa + into.length)), true);
  const ramfb = createRamfb({ surface, peek });
  /** What the guest writes into the file. */
  const configure = (format: string, width: number, height: number, stride: number, address = ADDRESS): void => {
    const view = new DataView(new ArrayBuffer(28));
    view.setBigUint64(0, BigInt(address));
    [...format].forEach((letter, n) => view.setUint8(11 - n, letter.charCodeAt(0)));
    [width, height, stride].forEach((value, n) => view.setUint32(16 + 4 * n, value));
    ramfb.file.onWrite!(new Uint8Array(view.buffer));
    ramfb.refresh();
  };
  const reader = new ScreenReader(surface.buffer);
  return { ram, ramfb, configure, reader, surface };
}

describe('a framebuffer in RAM', () => {
  test.each([
    ['XR24', 4, [3, 2, 1]],
    ['AR24', 4, [3, 2, 1]],
    ['XB24', 4, [1, 2, 3]],
    ['AB24', 4, [1, 2, 3]],
    ['RG24', 3, [3, 2, 1]],
  ])('%s', (format, bytes, colour) => {
    const { ram, configure, reader } = create();
    ram.set([1, 2, 3], ADDRESS + 40 + bytes);
    configure(format, 2, 2, 40);
    expect([...reader.picture()!.rgba.subarray(12)]).toEqual([...colour, 255]);
    expect([...reader.picture()!.rgba.subarray(0, 4)]).toEqual([0, 0, 0, 255]);
  });

  test('is looked at when it is told to, and changes are found by tiles', () => {
    const { ram, ramfb, configure, reader } = create();
    configure('XR24', 70, 66, 0);
    reader.changes();
    ramfb.refresh();
    expect(reader.changes()).toBeUndefined();
    ram[ADDRESS + 4 * (65 * 70 + 69)] = 1;
    ramfb.refresh();
    expect(reader.changes()!.damage).toEqual([{ x: 64, y: 64, width: 6, height: 2 }]);
  });

  test.each<[string, string, number, number, number, number?]>([
    ['an unknown format', 'NV12', 2, 2, 0],
    ['no size', 'XR24', 0, 2, 0],
    ['a size beyond all screens', 'XR24', 5000, 2, 0],
    ['an end outside of RAM', 'XR24', 64, 64, 0x1000],
    ['an address outside of RAM', 'XR24', 2, 2, 0, 2 ** 40],
  ])('%s shows nothing', (_name, ...wrong) => {
    const { configure, reader } = create();
    configure('XR24', 2, 2, 0);
    configure(...wrong);
    expect(reader.picture()).toBeUndefined();
  });
});
