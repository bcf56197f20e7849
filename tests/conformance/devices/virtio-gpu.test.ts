/** The same commands, sound and unsound, given to QEMU's virtio-gpu and to ours get the same answers. */
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { Surface } from '../../../emulator/screen/surface.ts';
import type { Dma } from '../../../emulator/devices/device.ts';
import { TestClock } from '../../../emulator/devices/test-clock.ts';
import { createVirtioGpu } from '../../../emulator/devices/virtio/gpu/gpu.ts';
import { command, response } from '../../../emulator/devices/virtio/gpu/protocol.ts';
import { createVirtioMmio } from '../../../emulator/devices/virtio/mmio.ts';
import { needs } from '../../support/packages.ts';
import { startQemu } from './qtest.ts';

const LAST_SLOT = 0x0a00_3e00;
const RAM = 0x4000_0000;
const RAM_BYTES = 128 << 20;
const [DESC, AVAIL, USED, REQUEST, ANSWER, PICTURE, END] = [0, 0x400, 0x800, 0x1000, 0x2000, 0x3000, 0x8000];
const QUEUE_SIZE = 8;
const ANSWER_BYTES = 0x600;
const [NEXT, WRITE] = [1, 2];

type Fields = (number | bigint)[];
/** Few resources and sides, so that commands meet what earlier ones made. QEMU shows nothing that is smaller than 16 by 16. */
const id = fc.constantFrom(1, 1, 2, 3, 0, 0xffff_ffff);
const side = fc.constantFrom(16, 16, 20, 32, 0xffff_fff0);
const offset = fc.constantFrom(0, 0, 0, 4, 16, 0xffff_ffff);
const rect = fc.tuple(offset, offset, side, side);
/** Addresses without memory are left out: QEMU takes one page of them and reads it by a buffer of its own, we refuse all. */
const piece = fc.tuple(fc.constantFrom(RAM + PICTURE, RAM + PICTURE + 0x100), fc.constantFrom(0x1000, 4));
const fenced = fc.constantFrom(0n, 0n, 77n);

const one = (type: number, fields: fc.Arbitrary<Fields>) => fc.record({ type: fc.constant(type), fields, fence: fenced });
const anyCommand = fc.oneof(
  one(command.GET_DISPLAY_INFO, fc.constant([])),
  one(command.GET_EDID, fc.tuple(fc.nat(1), fc.constant(0))),
  one(
    command.RESOURCE_CREATE_2D,
    fc.tuple(
      id,
      fc.constantFrom(1, 2, 3, 4, 67, 68, 121, 134, 5),
      fc.constantFrom(16, 32, 4096),
      fc.constantFrom(16, 32, 20_000),
    ),
  ),
  one(command.RESOURCE_UNREF, fc.tuple(id, fc.constant(0))),
  one(
    command.SET_SCANOUT,
    fc.tuple(rect, fc.constantFrom(0, 0, 1), id).map(([area, ...rest]) => [...area, ...rest]),
  ),
  one(
    command.RESOURCE_FLUSH,
    fc.tuple(rect, id).map(([area, resource]) => [...area, resource, 0]),
  ),
  one(
    command.TRANSFER_TO_HOST_2D,
    fc.tuple(rect, fc.constantFrom(0n, 64n), id).map(([area, at, resource]) => [...area, at, resource, 0]),
  ),
  one(
    command.RESOURCE_ATTACH_BACKING,
    fc
      .tuple(id, fc.array(piece, { minLength: 1, maxLength: 3 }))
      .map(([resource, pieces]) => [...[resource, pieces.length], ...pieces.flatMap(([pa, length]) => [BigInt(pa), length, 0])]),
  ),
  one(command.RESOURCE_DETACH_BACKING, fc.tuple(id, fc.constant(0))),
  one(0x1ff, fc.constant([])),
);

function encode(view: DataView, { type, fields, fence }: { type: number; fields: Fields; fence: bigint }): number {
  view.setUint32(0, type, true);
  view.setUint32(4, fence ? 1 : 0, true);
  view.setBigUint64(8, fence, true);
  let at = 24;
  for (const field of fields) {
    if (typeof field === 'bigint') view.setBigUint64(at, field, true);
    else view.setUint32(at, field, true);
    at += typeof field === 'bigint' ? 8 : 4;
  }
  return at;
}

test.skipIf(needs('qemu-system-arm'))('commands are answered as on QEMU', async () => {
  const qemu = startQemu(...['-global', 'virtio-mmio.force-legacy=false', '-device', 'virtio-gpu-device,xres=640,yres=480']);
  onTestFinished(() => qemu.stop());

  const ram = new Uint8Array(END);
  const inRam = (pa: number, length: number) => pa >= RAM && pa + length <= RAM + RAM_BYTES;
  const slice = (pa: number, length: number) => ram.subarray(pa - RAM, pa - RAM + length);
  const dma: Dma = {
    read: (pa, into) => inRam(pa, into.length) && (into.set(slice(pa, into.length)), true),
    write: (pa, from) => inRam(pa, from.length) && (slice(pa, from.length).set(from), true),
  };
  const clock = new TestClock();
  const gpu = createVirtioGpu({ dma, outputs: [{ surface: new Surface(), width: 640, height: 480 }] });
  const device = createVirtioMmio({ irq: { set: () => {} }, clock, dma, device: gpu });
  const write = async (register: number, value: number) => {
    device.write(register, 4, value);
    await qemu.write(LAST_SLOT + register, 4, value);
  };
  expect([await qemu.read(LAST_SLOT + 8, 4), await qemu.read(LAST_SLOT + 0x108, 4)]).toEqual([16, 1]);
  const queue = [DESC, AVAIL, USED].flatMap((at, n) => [[0x80 + 16 * n, RAM + at] as const, [0x84 + 16 * n, 0] as const]);
  const features = [[0x24, 0] as const, [0x20, 2] as const, [0x24, 1] as const, [0x20, 1] as const, [0x70, 11] as const];
  const setUp = [[0x70, 0], [0x70, 3], ...features, [0x30, 0], [0x38, QUEUE_SIZE], ...queue, [0x44, 1], [0x70, 15]] as const;
  for (const [register, value] of setUp) await write(register, value);

  const view = new DataView(ram.buffer);
  const backed = new Set<unknown>();
  const answers = new Map<number, number>();
  const commands = fc.sample(anyCommand, { seed: 3, numRuns: 400 });
  for (const [n, wanted] of commands.entries()) {
    // QEMU does not show what has no backing; virtio 1.2 §5.7.6.8 does not ask for one.
    if (wanted.type === command.SET_SCANOUT && wanted.fields[5] !== 0 && !backed.has(wanted.fields[5])) continue;
    ram.fill(0, REQUEST, PICTURE);
    const length = encode(new DataView(ram.buffer, REQUEST), wanted);
    view.setBigUint64(DESC, BigInt(RAM + REQUEST), true);
    view.setUint32(DESC + 8, length, true);
    view.setUint32(DESC + 12, NEXT | (1 << 16), true);
    view.setBigUint64(DESC + 16, BigInt(RAM + ANSWER), true);
    view.setUint32(DESC + 24, ANSWER_BYTES, true);
    view.setUint32(DESC + 28, WRITE, true);
    const before = view.getUint16(AVAIL + 2, true);
    view.setUint16(AVAIL + 2, before + 1, true);
    const used = view.getUint16(USED + 2, true);
    await qemu.writeBytes(RAM, ram.subarray(0, USED));
    await qemu.writeBytes(RAM + REQUEST, ram.subarray(REQUEST, PICTURE));
    await write(0x50, 0);
    clock.advance(1e6);
    const next = (used + 1) & 0xffff;
    expect(view.getUint16(USED + 2, true)).toBe(next);
    await expect.poll(async () => (await qemu.read(RAM + USED + 2, 2)) & 0xffff, { interval: 1 }).toBe(next);

    const theirs = await qemu.readBytes(RAM + ANSWER, ANSWER_BYTES);
    const type = theirs.readUInt32LE(0);
    answers.set(type, (answers.get(type) ?? 0) + 1);
    // Monitors differ in what they say of themselves.
    const compared = type === response.OK_EDID ? 24 : 408;
    const ours = Buffer.from(ram.subarray(ANSWER, ANSWER + compared)).toString('hex');
    expect({ n, wanted, answer: ours }).toEqual({ n, wanted, answer: theirs.subarray(0, compared).toString('hex') });
    if (type !== response.OK_NODATA) continue;
    const [first] = wanted.fields;
    if (wanted.type === command.RESOURCE_ATTACH_BACKING) backed.add(first);
    if (wanted.type === command.RESOURCE_DETACH_BACKING || wanted.type === command.RESOURCE_UNREF) backed.delete(first);
  }
  expect(answers.get(response.OK_NODATA)).toBeGreaterThan(40);
  expect(answers.size, 'kinds of answers').toBe(8);
});
