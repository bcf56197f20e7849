/** The same rings, sound and malformed, given to QEMU's virtio-blk and to ours, leave RAM and registers the same. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Dma } from '../../../emulator/devices/device.ts';
import { TestClock } from '../../../emulator/devices/test-clock.ts';
import { createVirtioBlock } from '../../../emulator/devices/virtio/block.ts';
import { createVirtioMmio } from '../../../emulator/devices/virtio/mmio.ts';
import { needs } from '../../support/packages.ts';
import { startQemu } from './qtest.ts';

const SECTORS = 64;
const LAST_SLOT = 0x0a00_3e00;
const RAM = 0x4000_0000;
const [DESC, AVAIL, USED, BUFFERS, TABLE, END] = [0, 0x400, 0x800, 0x1000, 0x6000, 0x7000];
const QUEUE_SIZE = 8;
const [NEXT, WRITE, INDIRECT] = [1, 2, 4];
const NEEDS_RESET = 64;

/** One request: types that exist and one that does not, sectors inside and beyond, buffers that need not make sense. */
const request = fc.record({
  type: fc.constantFrom(0, 0, 1, 1, 4, 77),
  sector: fc.constantFrom(0, 1, 5, SECTORS - 2, SECTORS - 1, SECTORS, 1000),
  header: fc.constantFrom<number[]>([16], [16], [16], [8, 8], [20]),
  data: fc.array(fc.record({ at: fc.nat(7), length: fc.constantFrom(512, 512, 1024, 256, 100), flip: fc.nat(7) }), {
    maxLength: 3,
  }),
  isRead: fc.boolean(),
  statusFlags: fc.constantFrom(WRITE, WRITE, WRITE, WRITE, 0),
  wrongNext: fc.oneof({ weight: 15, arbitrary: fc.constant(undefined) }, fc.nat(12)),
  indirect: fc.constantFrom('no', 'no', 'yes', 'odd'),
  eventIndex: fc.boolean(),
  noInterrupt: fc.boolean(),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

/** RAM with the rings and buffers of the request. */
function layOut(ram: Uint8Array, wanted: Request) {
  const view = new DataView(ram.buffer);
  ram.fill(0, 0, END);
  for (let i = BUFFERS; i < TABLE; i++) ram[i] = i * 7 + (i >> 8);
  view.setUint32(BUFFERS, wanted.type, true);
  view.setUint32(BUFFERS + 4, 0, true);
  view.setBigUint64(BUFFERS + 8, BigInt(wanted.sector), true);

  let at = BUFFERS;
  const buffers = wanted.header.map((length) => ({ pa: (at += length) - length, length, flags: 0 }));
  for (const { at, length, flip } of wanted.data) {
    buffers.push({ pa: BUFFERS + 0x200 + at * 0x400, length, flags: wanted.isRead === flip > 0 ? WRITE : 0 });
  }
  buffers.push({ pa: BUFFERS + 0x180, length: 1, flags: wanted.statusFlags });

  const describe = (table: number, index: number, pa: number, length: number, flags: number, next: number) => {
    view.setBigUint64(table + 16 * index, BigInt(RAM + pa), true);
    view.setUint32(table + 16 * index + 8, length, true);
    view.setUint16(table + 16 * index + 12, flags, true);
    view.setUint16(table + 16 * index + 14, next, true);
  };
  const table = wanted.indirect === 'no' ? DESC : TABLE;
  buffers.forEach(({ pa, length, flags }, i) => {
    const isLast = i === buffers.length - 1;
    describe(table, i, pa, length, flags | (isLast ? 0 : NEXT), i === 0 ? (wanted.wrongNext ?? 1) : i + 1);
  });
  if (table === TABLE) describe(DESC, 0, TABLE, 16 * buffers.length - (wanted.indirect === 'odd' ? 4 : 0), INDIRECT, 0);
  view.setUint16(AVAIL, wanted.noInterrupt ? 1 : 0, true);
  view.setUint16(AVAIL + 2, 1, true);
}

test.skipIf(needs('qemu-system-arm'))('requests end as on QEMU', async () => {
  const image = new SharedArrayBuffer(SECTORS * 512);
  new Uint8Array(image).forEach((_, i, bytes) => (bytes[i] = (i >> 9) * 3 + i));
  const file = join(mkdtempSync(join(tmpdir(), 'disk-')), 'disk.img');
  writeFileSync(file, new Uint8Array(image));
  const qemu = startQemu(
    ...['-global', 'virtio-mmio.force-legacy=false', '-drive', `if=none,file=${file},format=raw,id=d`],
    ...['-device', 'virtio-blk-device,drive=d'],
  );
  onTestFinished(() => {
    qemu.stop();
    rmSync(dirname(file), { recursive: true });
  });

  const ram = new Uint8Array(0x1_0000);
  const slice = (pa: number, length: number) =>
    pa >= RAM && pa - RAM + length <= ram.length ? ram.subarray(pa - RAM, pa - RAM + length) : undefined;
  const dma: Dma = {
    read: (pa, into) => slice(pa, into.length) !== undefined && (into.set(slice(pa, into.length)!), true),
    write: (pa, from) => slice(pa, from.length) !== undefined && (slice(pa, from.length)!.set(from), true),
  };
  const clock = new TestClock();
  const device = createVirtioMmio({
    irq: { set: () => {} },
    clock,
    dma,
    device: createVirtioBlock({ image, readOnly: false, serial: '', onWrite: () => {} }),
  });
  const write = async (offset: number, value: number) => {
    device.write(offset, 4, value);
    await qemu.write(LAST_SLOT + offset, 4, value);
  };
  const outcome = { done: 0, broken: 0 };

  for (const wanted of fc.sample(request, { seed: 1, numRuns: 200 })) {
    layOut(ram, wanted);
    await qemu.writeBytes(RAM, ram.subarray(0, END));
    const features = wanted.eventIndex ? 0x3000_0000 : 0x1000_0000;
    const queue = [DESC, AVAIL, USED].flatMap((at, i) => [[0x80 + 16 * i, RAM + at] as const, [0x84 + 16 * i, 0] as const]);
    const setUp = [
      ...([
        [0x70, 0],
        [0x70, 3],
        [0x24, 0],
        [0x20, features],
        [0x24, 1],
        [0x20, 1],
        [0x70, 11],
      ] as const),
      ...([[0x30, 0], [0x38, QUEUE_SIZE], ...queue, [0x44, 1], [0x70, 15], [0x50, 0]] as const),
    ];
    for (const [offset, value] of setUp) await write(offset, value);
    clock.advance(1e9);

    const isBroken = (device.read(0x70, 4) & NEEDS_RESET) !== 0;
    outcome[isBroken ? 'broken' : 'done']++;
    if (!isBroken) await expect.poll(() => qemu.read(RAM + USED, 4), { interval: 1 }).toBe(0x1_0000);
    expect([wanted, await qemu.read(LAST_SLOT + 0x70, 4)]).toEqual([wanted, device.read(0x70, 4)]);
    const theirs = await qemu.readBytes(RAM, END);
    // QEMU counts buffers of failed requests as written, and moves the event index before it looks at descriptors.
    for (const at of isBroken ? [USED + 8, USED + 4 + 8 * QUEUE_SIZE] : [USED + 8]) theirs.copy(ram, at, at, at + 4);
    expect([wanted, Buffer.compare(theirs, ram.subarray(0, END))]).toEqual([wanted, 0]);
  }
  expect(Math.min(outcome.done, outcome.broken)).toBeGreaterThan(30);
});
