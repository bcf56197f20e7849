/**
 * Random accesses to every device of a board, of all sizes, misaligned and beyond the end too: nothing is thrown, values fit, the same accesses
 * have the same effect, and a snapshot in between changes nothing.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { full } from '../../tests/support/packages.ts';
import { host } from '../../tests/support/machine.ts';
import { Dice } from '../devices/test-dice.ts';
import type { AccessSize, Window } from './bus.ts';
import { Hardware } from './hardware.ts';
import type { MachineSnapshot } from './snapshot.ts';
import type { MachineConfig } from './types.ts';

const runtime = readFileSync(new URL('../runtime/dist/runtime.wasm', import.meta.url));
/** To each device, in two halves. */
const ACCESSES = full ? 1_000_000 : 4000;
/** All of them take some minutes. */
const TIMEOUT_MS = 20 * 60_000;
const CPUS = 2;
const sizes: readonly AccessSize[] = [1, 2, 4, 4, 4, 8];

const machine: MachineConfig = {
  ...{ board: 'virt', cpus: CPUS, memory: 16 << 20, gic: 3, el: 2, cpu: 'max', exec: 'cold', seed: 1, rtcSeconds: 1e9 },
  ...{ boot: { loads: [{ name: 'code', bytes: new Uint8Array(4), address: 0x4000_0000 }], entry: 0x4000_0000 }, rng: true },
  drives: [{ name: 'disk', image: new SharedArrayBuffer(1 << 16), readOnly: false }],
  nics: [{ mac: 0x5254_0012_3456, link: {}, network: { kind: 'wire' } }],
  serial: [
    {
      maxPorts: 4,
      ports: [
        { id: 0, isConsole: true },
        { id: 1, isConsole: false, name: 'data', input: new Uint8Array(100) },
      ],
    },
  ],
  sound: {},
};

/** The hardware of a machine whose cores do not run: time goes on with each access. */
class Bench {
  readonly hardware: Hardware;
  private nowNs = 0;
  private core = 0;

  constructor(config: Partial<MachineConfig>) {
    // Drives are outside of snapshots.
    const drives = machine.drives.map((drive) => ({ ...drive, image: new SharedArrayBuffer(drive.image.byteLength) }));
    this.hardware = new Hardware({ ...machine, drives, ...config }, runtime, {
      imports: { deviceRead: () => 0, deviceWrite: () => 0 },
      nowNs: () => this.nowNs,
      runningCore: () => this.hardware.cores[this.core],
      ...{
        lineRaised() {},
        wanted() {},
        remapped() {},
        coreWanted() {},
        onOutput() {},
        onTaken() {},
        onSound() {},
        onDriveWrite() {},
        onFlashWrite() {},
        onTransmit() {},
      },
    });
    this.hardware.reset();
  }

  /** Accesses to a device from all cores; answers a sum over the values that were read. */
  access(window: Window, dice: Dice, count: number): number {
    const { bus, events } = this.hardware;
    let sum = 0;
    for (let n = 0; n < count; n++) {
      this.core = dice.upTo(CPUS);
      this.nowNs += dice.pick([1, 100, 10_000]);
      events.runDue(this.nowNs);
      const offset = offsetIn(window, dice);
      const size = dice.pick(sizes);
      const pa = window.base + offset;
      const value = dice.pick([0n, 1n, BigInt(dice.upTo(256)), 0xffff_ffff_ffff_ffffn, BigInt(dice.word()), 0x4000_0000n]);
      if (dice.oneIn(2)) {
        const answered = bus.write(pa, size, BigInt.asUintN(8 * size, value));
        if (pa % size !== 0 && answered) throw new Error(`a misaligned write to ${pa.toString(16)} was answered`);
      } else {
        const answer = bus.read(pa, size);
        if (answer !== undefined && (pa % size !== 0 || answer !== BigInt.asUintN(8 * size, answer))) {
          throw new Error(`${size} bytes at ${pa.toString(16)} are ${answer}`);
        }
        sum = (Math.imul(sum, 31) + Number(BigInt.asIntN(32, (answer ?? -1n) ^ ((answer ?? 0n) >> 32n)))) | 0;
      }
    }
    return sum;
  }

  save(): { time: number; snapshot: MachineSnapshot } {
    return { time: this.nowNs, snapshot: structuredClone(this.hardware.save(this.nowNs)) };
  }

  restore({ time, snapshot }: ReturnType<Bench['save']>): void {
    this.nowNs = time;
    this.hardware.restore(snapshot);
  }

  get hash(): string {
    return this.hardware.stateHash(host.sha256(), this.nowNs);
  }
}

/** Where registers are dense, or anywhere, or just outside. */
function offsetIn({ size }: Window, dice: Dice): number {
  const offset = dice.pick([
    dice.upTo(0x20),
    dice.upTo(0x100),
    dice.upTo(Math.min(size, 0x1000)),
    dice.upTo(size),
    size - dice.upTo(8),
  ]);
  const inside = dice.oneIn(8) ? offset : offset - (offset % 4);
  return dice.oneIn(200) ? dice.pick([-8, -1, size, size + 4]) : inside;
}

/** Devices by name; of free transports one. */
function windowsOf({ hardware }: Bench): Window[] {
  const free = hardware.bus.list().filter(({ device }) => device.kind === 'virtio-mmio' && device.read(8, 4) === 0);
  return hardware.bus.list().filter((window) => !free.slice(1).includes(window));
}

describe.each<[string, Partial<MachineConfig>]>([
  ['GICv3', {}],
  ['GICv2, and virtio as before version 1.0', { gic: 2, legacyVirtio: true }],
])('%s', (_name, config) => {
  const [first, second] = [new Bench(config), new Bench(config)];
  const names = windowsOf(first).map(({ name }) => name);
  /** Half of the accesses to each device. */
  const half = (bench: Bench, part: string) => {
    const windows = windowsOf(bench);
    return windows.map((window) => [window.name, bench.access(window, new Dice(1, `${window.name} ${part}`), ACCESSES / 2)]);
  };

  test('all devices are here', () => {
    expect(names).toEqual(expect.arrayContaining(['flash0', 'gicd', 'uart0', 'rtc0', 'fw-cfg', 'gpio0', 'virtio27', 'virtio31']));
    expect(names.filter((name) => name.startsWith('virtio'))).toHaveLength(6);
  });

  test('accesses do what they do, each time anew', { timeout: TIMEOUT_MS }, () => {
    const cores = first.hardware.cores.map((core) => core.save());
    const begun = half(first, 'first');
    expect(half(second, 'first')).toEqual(begun);
    const { hash } = first;
    expect(second.hash).toBe(hash);
    const saved = first.save();
    // Something else happens to the second one.
    for (const window of windowsOf(second)) second.access(window, new Dice(2, window.name), 1000);
    second.restore(saved);
    expect(second.hash).toBe(hash);
    expect(half(second, 'second')).toEqual(half(first, 'second'));
    expect(second.hash).toBe(first.hash);
    for (const core of first.hardware.cores) core.irqLines = 0;
    expect(first.hardware.cores.map((core) => core.save())).toEqual(cores);
  });
});
