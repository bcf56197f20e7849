import { expect, test } from 'vitest';
import { commands, VALID, type Command } from '../devices/gicv3/its/test-its.ts';
import { testMachine } from '../../tests/support/machine.ts';
import type { MachineConfig } from './types.ts';

const [GICD, GICR, GITS] = [0x0800_0000, 0x080a_0000, 0x0808_0000];
const [TRANSLATER, SETSPI, UART] = [0x0809_0040, 0x0802_0040, 0x0900_0000];
const [DEVICES, COLLECTIONS, QUEUE, TRANSLATIONS, PROPERTIES, PENDING] = [
  ...[0x4100_0000, 0x4101_0000, 0x4102_0000],
  ...[0x4103_0000, 0x4104_0000, 0x4106_0000],
] as [number, number, number, number, number, number];
const REQUESTER = 0x0110;

function hardware(config: Partial<MachineConfig>) {
  const loads = [{ name: 'code', address: 0x4000_0000, bytes: new Uint8Array(4) }];
  const { hardware } = testMachine({ config: { boot: { loads, entry: 0x4000_0000 }, ...config } }).machine;
  const { bus, ram, devices } = hardware;
  const word = (pa: number) => {
    const bytes = new Uint8Array(4);
    expect(ram.read(pa, bytes)).toBe(true);
    return new DataView(bytes.buffer).getUint32(0, true);
  };
  return { bus, ram, word, messages: devices.messages };
}

test('with a GICv3 they go to the ITS, which hears who sends', () => {
  const { bus, ram, word, messages } = hardware({ gic: 3 });
  const list: Command[] = [commands.mapc(0, 0), commands.mapd(REQUESTER, TRANSLATIONS, 5), commands.mapti(REQUESTER, 3, 8193, 0)];
  const queue = new BigUint64Array(4 * list.length);
  list.forEach((command, n) =>
    queue.set(
      command.map((half) => half ?? 0n),
      4 * n,
    ),
  );
  ram.write(QUEUE, new Uint8Array(queue.buffer));
  const writes: [number, bigint][] = [
    [GICR + 0x70, BigInt(PROPERTIES) | 15n],
    [GICR + 0x78, BigInt(PENDING)],
    [GICR, 1n],
    [GITS + 0x100, VALID | BigInt(DEVICES)],
    [GITS + 0x108, VALID | BigInt(COLLECTIONS)],
    [GITS + 0x80, VALID | BigInt(QUEUE)],
    [GITS, 1n],
    [GITS + 0x88, BigInt(32 * list.length)],
  ];
  for (const [pa, value] of writes) expect(bus.write(pa, 8, value)).toBe(true);
  messages.send(REQUESTER + 1, TRANSLATER, 3);
  messages.send(REQUESTER, TRANSLATER + 4, 3);
  expect(word(PENDING + 1024)).toBe(0);
  messages.send(REQUESTER, TRANSLATER, 3);
  expect(word(PENDING + 1024)).toBe(0b10);
});

test('with a GICv2 they are SPIs, whoever sends', () => {
  const { bus, messages } = hardware({ gic: 2 });
  bus.write(GICD + 0xc00 + 4 * (80 >> 4), 4, 0b10n);
  messages.send(REQUESTER, SETSPI, 80);
  expect(bus.read(GICD + 0x208, 4)).toBe(1n << 16n);
});

test('they reach memory, and no registers of other devices', () => {
  const { bus, word, messages } = hardware({ gic: 3, its: false });
  messages.send(0, 0x4100_0000, 0x8765_4321);
  expect(word(0x4100_0000)).toBe(0x8765_4321);
  const before = bus.read(UART + 0x24, 4);
  messages.send(0, UART + 0x24, 77);
  messages.send(0, TRANSLATER, 0);
  messages.send(0, 2 ** 60, 0);
  expect(bus.read(UART + 0x24, 4)).toBe(before);
  // Without an ITS, nothing is there.
  expect(bus.read(GITS, 4)).toBeUndefined();
});
