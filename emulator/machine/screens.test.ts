import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { testMachine } from '../../tests/support/machine.ts';
import { ScreenReader } from '../screen/reader.ts';
import type { Machine } from './machine.ts';
import { pictureOf } from './picture.ts';
import type { DisplayConfig, InputRecord } from './types.ts';

const hello = readFileSync(new URL('../../resources/guests/hello/hello.elf', import.meta.url));
const gpu: DisplayConfig = { device: 'virtio-gpu', width: 640, height: 480, edid: true };

function create(displays: DisplayConfig[], replay?: InputRecord[]): Machine {
  const config = { displays, boot: { kernel: hello, loads: [] } };
  return testMachine({ config, ...(replay ? { script: { replay } } : {}) }).machine;
}

function runUntil(machine: Machine, ns: number): void {
  while (machine.runFor(1000, { untilNs: ns }) === 'busy');
}

describe('ramfb', () => {
  const [FW_CFG, REQUEST, CONFIG, PIXELS] = [0x0902_0000, 0x4300_0000, 0x4300_0100, 0x4300_1000];

  /** What a guest does: it writes the one file by DMA. */
  function configure(machine: Machine, width: number, height: number): void {
    const { ram, bus } = machine.hardware;
    const view = new DataView(new ArrayBuffer(28));
    view.setBigUint64(0, BigInt(PIXELS));
    view.setUint32(8, 0x3432_5258);
    view.setUint32(16, width);
    view.setUint32(20, height);
    ram.write(CONFIG, new Uint8Array(view.buffer));
    const request = new DataView(new ArrayBuffer(16));
    request.setUint32(0, (0x20 << 16) | 8 | 16);
    request.setUint32(4, 28);
    request.setBigUint64(8, BigInt(CONFIG));
    ram.write(REQUEST, new Uint8Array(request.buffer));
    const swapped = new DataView(new ArrayBuffer(4));
    swapped.setUint32(0, REQUEST);
    bus.write(FW_CFG + 20, 4, BigInt(swapped.getUint32(0, true)));
    expect(new DataView(peek(machine, REQUEST, 4).buffer).getUint32(0)).toBe(0);
  }

  function peek(machine: Machine, pa: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    expect(machine.hardware.ram.peek(pa, bytes)).toBe(true);
    return bytes;
  }

  test('shows what lies in RAM, and looking leaves no trace', () => {
    const machine = create([{ device: 'ramfb' }]);
    const [screen] = machine.screens;
    expect([screen!.name, pictureOf(machine, screen!)]).toEqual(['ramfb', undefined]);
    configure(machine, 1024, 4);
    machine.hardware.ram.write(PIXELS + 4096, Uint8Array.of(1, 2, 3, 4));
    const [hash, pages] = [machine.stateHash(), machine.save().ram.length];
    const { rgba } = pictureOf(machine, screen!)!;
    expect([...rgba.subarray(4096, 4104)]).toEqual([3, 2, 1, 255, 0, 0, 0, 255]);
    expect([machine.stateHash(), machine.save().ram.length]).toEqual([hash, pages]);
  });

  test('is refreshed while somebody looks', () => {
    const machine = create([{ device: 'ramfb' }]);
    configure(machine, 64, 64);
    machine.refreshScreens();
    const reader = new ScreenReader(machine.screens[0]!.surface.buffer);
    reader.changes();
    machine.hardware.ram.write(PIXELS, Uint8Array.of(1));
    machine.refreshScreens();
    expect(reader.changes()).toMatchObject({ damage: [{ x: 0, y: 0 }] });
  });

  test('goes with a snapshot', () => {
    const machine = create([{ device: 'ramfb' }]);
    configure(machine, 2, 1);
    machine.hardware.ram.write(PIXELS, Uint8Array.of(1, 2, 3));
    const copy = create([{ device: 'ramfb' }]);
    copy.restore(structuredClone(machine.save()));
    expect(pictureOf(copy, copy.screens[0]!)).toEqual(pictureOf(machine, machine.screens[0]!));
  });
});

describe('a monitor', () => {
  test('gets another size by the log of input', () => {
    const machine = create([gpu]);
    runUntil(machine, 10e6);
    machine.resizeScreen(0, 800, 600);
    runUntil(machine, 20e6);
    const { input, stateHash } = machine.result(0);
    expect(input).toMatchObject([{ size: { screen: 0, width: 800, height: 600 } }]);
    const without = create([gpu]);
    runUntil(without, 20e6);
    expect(without.stateHash()).not.toBe(stateHash);
    const again = create([gpu], input);
    runUntil(again, 20e6);
    expect(again.stateHash()).toBe(stateHash);
  });

  test('whoever reads changes nothing', () => {
    const [watched, alone] = [create([gpu, { device: 'ramfb' }]), create([gpu, { device: 'ramfb' }])];
    const readers = watched.screens.map(({ surface }) => new ScreenReader(surface.buffer));
    for (let ns = 1e6; ns < 20e6; ns += 1e6) {
      runUntil(watched, ns);
      for (const reader of readers) reader.changes();
      watched.refreshScreens();
    }
    runUntil(watched, 20e6);
    runUntil(alone, 20e6);
    expect(watched.stateHash()).toBe(alone.stateHash());
  });
});
