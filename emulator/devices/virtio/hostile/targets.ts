/** The device types that hostile drivers are let loose on: a row each. */
import type { Dice } from '../../test-dice.ts';
import { createVirtioBlock } from '../block.ts';
import { createVirtioConsole } from '../console/console.ts';
import { createVirtioSound } from '../sound/sound.ts';
import type { Clock } from '../../device.ts';
import type { VirtioDevice } from '../device.ts';
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

export const targets: Readonly<Record<string, (clock: Clock) => Target>> = {
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
  rng: () => ({ device: createVirtioRng({ seed: 1 }) }),
};
