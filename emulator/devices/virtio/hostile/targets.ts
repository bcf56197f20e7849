/** The device types that hostile drivers are let loose on: a row each. */
import type { Dice } from '../../test-dice.ts';
import { createVirtioBlock } from '../block.ts';
import { createVirtioConsole } from '../console/console.ts';
import { createVirtioSound } from '../sound/sound.ts';
import type { Clock, Dma } from '../../device.ts';
import { Surface } from '../../../screen/surface.ts';
import type { VirtioDevice } from '../device.ts';
import { createVirtioGpu } from '../gpu/gpu.ts';
import { command } from '../gpu/protocol.ts';
import { createVirtioInput } from '../input/input.ts';
import { createVirtioNet } from '../net.ts';
import { createVirtioRng } from '../rng.ts';

export interface Target {
  readonly device: VirtioDevice;
  /** Features that the driver may take, the low word; none when absent. */
  readonly features?: readonly number[];
  /** The queues that are attacked, with two descriptors each that are right; up to four. All when absent. */
  readonly queues?: readonly number[];
  /** What a request to any of its queues may begin with, so that some go deeper than the first look at them. */
  readonly headers?: readonly Uint8Array[];
  /** What happens outside meanwhile. */
  outside?(dice: Dice): void;
}

const MERGE = 1 << 15;
const words = (...list: number[]): Uint8Array => new Uint8Array(Uint32Array.from(list).buffer);

export const targets: Readonly<Record<string, (clock: Clock, dma: Dma) => Target>> = {
  block() {
    const image = new SharedArrayBuffer(32 * 512);
    return {
      device: createVirtioBlock({ image, readOnly: false, serial: 'disk', onWrite: () => {} }),
      headers: [words(0, 0, 3, 0), words(1, 0, 31, 0), words(4, 0, 0, 0), words(8), words(0, 0, 0xffff_ffff, 0xffff_ffff)],
    };
  },
  net() {
    const device = createVirtioNet({ mac: Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56), onTransmit: () => {} });
    return {
      device,
      features: [0, MERGE],
      outside(dice) {
        if (dice.oneIn(8)) device.setLink(dice.oneIn(2));
        else device.receive(new Uint8Array(dice.pick([0, 14, 60, 1514, 1518, 3000])));
      },
    };
  },
  console() {
    const device = createVirtioConsole({
      maxPorts: 4,
      ports: [
        { id: 0, isConsole: true },
        { id: 1, name: 'data', isConsole: false, input: new Uint8Array(5000) },
      ],
      onOutput: () => {},
    });
    const says = (port: number, event: number) => words(port, event | 0x1_0000);
    return {
      device,
      features: [0, 2, 2],
      queues: [0, 2, 3, 5],
      headers: [says(0, 0), says(0, 3), says(1, 3), says(1, 6), says(7, 3)],
      outside(dice) {
        const port = dice.upTo(5);
        const acts = [
          () => device.receive(port, new Uint8Array(dice.pick([0, 1, 4000]))),
          () => device.setOpen(port, dice.oneIn(2)),
          () => device.setHeld(port, dice.oneIn(2)),
          () => device.resize(port, { columns: dice.upTo(0x1_0000), rows: 25 }),
          () => device.addPort({ id: port, isConsole: dice.oneIn(2) }),
          () => device.removePort(port),
        ];
        dice.pick(acts)();
      },
    };
  },
  sound(clock) {
    const toStream = (code: number, stream: number) => words(code, stream, 64, 16, 0, 0x07_05_02);
    const life = [0x101, 0x102, 0x104, 0x105, 0x103].flatMap((code) => [toStream(code, 0), toStream(code, 1)]);
    const queries = [1, 0x100, 0x200].flatMap((code) => [words(code, 0, 2, 32), words(code, 1, 1, 0xffff_ffff)]);
    return {
      device: createVirtioSound({ clock, onPlayed: () => {} }),
      // Messages for the streams begin with their numbers.
      headers: [...life, ...life, ...queries, words(0), words(1)],
    };
  },
  gpu(_clock, dma) {
    const device = createVirtioGpu({ dma, outputs: [{ surface: new Surface(), width: 64, height: 64 }] });
    // A header, a resource, and what is said of it.
    const says = (type: number, ...fields: number[]) => words(type, 0, 0, 0, 0, 0, ...fields);
    const whole = [0, 0, 32, 32];
    const life = [
      says(command.RESOURCE_CREATE_2D, 1, 2, 32, 32),
      says(command.RESOURCE_ATTACH_BACKING, 1, 1, 0x800, 0, 0x1000, 0),
      says(command.SET_SCANOUT, ...whole, 0, 1),
      says(command.TRANSFER_TO_HOST_2D, ...whole, 0, 0, 1, 0),
      says(command.RESOURCE_FLUSH, ...whole, 1, 0),
    ];
    const others = Object.values(command).map((type) => says(type, 1, 1, 1, 1, 1, 1));
    return {
      device,
      features: [0, 2],
      headers: [...life, ...life, ...others],
      outside: (dice) => device.resize(0, 1 + dice.upTo(64), 48),
    };
  },
  input() {
    const device = createVirtioInput({ kind: 'touch' });
    return { device, outside: (dice) => device.report([[dice.upTo(4), dice.upTo(0x300), dice.word()]]) };
  },
  rng: () => ({ device: createVirtioRng({ seed: 1 }) }),
};
