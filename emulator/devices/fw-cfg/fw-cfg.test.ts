import { expect, test } from 'vitest';
import { createFwCfg } from './fw-cfg.ts';

const text = (value: string) => new TextEncoder().encode(value);

function create() {
  const ram = new Uint8Array(0x1000);
  const view = new DataView(ram.buffer);
  const inside = (pa: number, length: number) => pa + length <= ram.length;
  const dma = {
    read: (pa: number, into: Uint8Array) => inside(pa, into.length) && (into.set(ram.subarray(pa, pa + into.length)), true),
    write: (pa: number, from: Uint8Array) => inside(pa, from.length) && (ram.set(from, pa), true),
  };
  const written: string[] = [];
  const files = [
    { name: 'opt/b', bytes: text('bee') },
    { name: 'etc/a', bytes: text('....'), onWrite: (bytes: Uint8Array) => written.push(new TextDecoder().decode(bytes)) },
  ];
  const device = createFwCfg({ dma, cpus: 3, kernel: text('KERNEL'), append: 'quiet', files });
  const select = (key: number) => device.write(8, 2, ((key & 0xff) << 8) | (key >> 8));
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => device.read(0, 1));
  /** Control word, length and address at 0x100; answers the control word after it. */
  function run(control: number, length: number, address: number) {
    view.setUint32(0x100, control);
    view.setUint32(0x104, length);
    view.setBigUint64(0x108, BigInt(address));
    device.write(16, 4, 0);
    device.write(20, 4, 0x0001_0000);
    return view.getUint32(0x100);
  }
  return { device, ram, select, bytes, run, written };
}

test('items are read byte by byte or wider, and zeros follow', () => {
  const { device, select, bytes } = create();
  select(0);
  expect(bytes(6)).toEqual(Uint8Array.of(0x51, 0x45, 0x4d, 0x55, 0, 0));
  select(0);
  expect(device.read(0, 4)).toBe(0x554d_4551);
  select(1);
  expect(device.read(0, 4)).toBe(3);
  select(5);
  expect(device.read(0, 2)).toBe(3);
});

test('firmware finds kernel and command line', () => {
  const { device, select, bytes } = create();
  select(8);
  expect(device.read(0, 4)).toBe(6);
  select(0x11);
  expect(bytes(6)).toEqual(text('KERNEL'));
  select(0x14);
  expect(device.read(0, 4)).toBe(6);
  select(0x15);
  expect(bytes(6)).toEqual(text('quiet\0'));
});

test('the directory names files in order', () => {
  const { select, bytes } = create();
  select(0x19);
  expect(bytes(4)).toEqual(Uint8Array.of(0, 0, 0, 2));
  expect(bytes(14)).toEqual(Uint8Array.of(0, 0, 0, 4, 0, 0x20, 0, 0, ...text('etc/a\0')));
  bytes(50);
  expect(bytes(14)).toEqual(Uint8Array.of(0, 0, 0, 3, 0, 0x21, 0, 0, ...text('opt/b\0')));
});

test('DMA selects, skips, reads and writes', () => {
  const { device, ram, run, written } = create();
  expect(device.read(16, 4)).toBe(0x554d_4551);
  ram.fill(0xff, 0x200);
  expect(run((0x21 << 16) | 8 | 4, 1, 0)).toBe(0);
  expect(run(2, 4, 0x200)).toBe(0);
  expect(ram.subarray(0x200, 0x205)).toEqual(Uint8Array.of(0x65, 0x65, 0, 0, 0xff));
  ram.set(text('wxyz'), 0x300);
  expect(run((0x20 << 16) | 8 | 16, 4, 0x300)).toBe(0);
  expect(written).toEqual(['wxyz']);
});

test('DMA says what it cannot do', () => {
  const { run } = create();
  expect(run((0x21 << 16) | 8 | 16, 3, 0x300), 'read-only').toBe(1);
  expect(run((0x20 << 16) | 8 | 16, 5, 0x300), 'too long').toBe(1);
  expect(run((0x21 << 16) | 8 | 2, 16, 0xff8), 'outside of RAM').toBe(1);
  expect(run((0x21 << 16) | 8 | 2, 0xffff_ffff, 0x400), 'far outside of RAM').toBe(1);
});
