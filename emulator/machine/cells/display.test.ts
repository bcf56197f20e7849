/** The display that cells share, drawn into as their devices do, and what hands do on it. */
import { beforeEach, describe, expect, test } from 'vitest';
import { testMachine } from '../../../tests/support/machine.ts';
import type { HidAction } from '../../base/hid.ts';
import { costsAt } from '../../boards/costs.ts';
import { screenRegisters } from '../../hypervisor/display/screen-control.ts';
import type { Machine } from '../machine.ts';
import { pictureOf } from '../picture.ts';
import type { CellConfig, CellDevice, PanelConfig, Script } from '../types.ts';

const MiB = 2 ** 20;
const KEY_A = 30;
const KEY_SWITCH = 88;
const CONTROL = 0x0c10_0000;

/** A cell that sleeps. */
function cell(name: string, ...devices: CellDevice[]): CellConfig {
  const [entry, wfi, back] = [0x4000_0000, 0xd503207f, 0x17ffffff];
  const bytes = new Uint8Array(Uint32Array.of(wfi, back).buffer);
  const loads = [{ bytes, address: entry, name }];
  return { name, devices, boot: { loads, entry }, memoryBytes: 4 * MiB, cpus: 1, schedule: { priority: 1 }, restart: 'never' };
}

const gpu = (height: number): CellDevice => ({ kind: 'gpu', width: 30, height });
const hands: CellDevice[] = [
  { kind: 'input', input: 'keyboard' },
  { kind: 'input', input: 'touch' },
];
const cells = [
  cell('blue', gpu(16), ...hands),
  cell('secure', gpu(20), ...hands, { kind: 'screen-control' }),
  cell('quiet'),
  cell('red', gpu(16), { kind: 'input', input: 'keyboard' }),
];
const panel: PanelConfig = {
  ...{ width: 30, height: 20, rotation: 0, foreground: 'blue', switchKey: KEY_SWITCH },
  overlay: { cell: 'secure', edge: 'top', height: 4 },
};

let machine: Machine;
function create(changed: Partial<PanelConfig> = {}, script: Partial<Script> = {}): Machine {
  const config = { cells, channels: [], budgets: [], costs: costsAt(1e9), panel: { ...panel, ...changed } };
  return testMachine({ config: { exec: 'cold', cells: config }, script }).machine;
}
const start = (changed: Partial<PanelConfig> = {}): void => {
  machine = create(changed);
  const colours: Record<string, [colour: number, height: number]> = {
    blue: [0xff, 16],
    secure: [0xff00, 20],
    red: [0xff0000, 16],
  };
  for (const [name, [colour, height]] of Object.entries(colours)) {
    const { surface } = machine.screens.find((screen) => screen.name === `${name}.gpu0`)!;
    surface.setMode(30, height);
    surface.row(0, 0, 30 * height).fill(0xff00_0000 + colour);
    surface.changed({ x: 0, y: 0, width: 30, height });
  }
};
beforeEach(() => start());

/** The colours of the composed picture's column at `x`, from above, with how many rows each has. */
function column(x = 0): string {
  const { width, height, rgba } = pictureOf(machine, machine.screens[0]!)!;
  const letters = Array.from({ length: height }, (_, y) => {
    const [r, g, b] = rgba.subarray(4 * (y * width + x));
    return r ? 'r' : g ? 'g' : b ? 'b' : '.';
  }).join('');
  return letters.replace(/(.)\1*/g, (run, letter: string) => `${letter}${run.length} `).trim();
}

function act(...actions: HidAction[]): void {
  machine.act(actions.map((action) => ({ afterNs: 0, action })));
  machine.runFor(1000, { untilNs: machine.nowNs + 1e6, idleUntilNs: machine.nowNs + 1e6 });
}
const reports = () => machine.result(0).input.map(({ hid, foreground }) => hid ?? foreground);
const key = (down: boolean, code = KEY_A): HidAction => ({ kind: 'key', key: code, down });

/** As the secure cell's guest does. */
const take = (on: number) => machine.hardware.hosted!.cells[1]!.bus.write(0, CONTROL + screenRegisters.TAKE, 4, BigInt(on));
const read = (register: number, size: 1 | 4 = 4) =>
  Number(machine.hardware.hosted!.cells[1]!.bus.read(0, CONTROL + register, size));

describe('the picture', () => {
  test('is the strip of one cell and the whole of another, and first among the screens', () => {
    expect(machine.screens.map(({ name }) => name)).toEqual(['display', 'blue.gpu0', 'secure.gpu0', 'red.gpu0']);
    expect(column()).toBe('g4 b16');
  });

  test.each([
    [{ overlay: { cell: 'secure', edge: 'bottom', height: 5 } } as const, 'b15 g5'],
    [{ rotation: 180 } as const, 'b16 g4'],
  ])('follows the file: %j', (changed, shown) => {
    start(changed);
    expect(column()).toBe(shown);
  });

  test('on its side has the strip along the other edge', () => {
    start({ rotation: 90 });
    const { width, height, rgba } = pictureOf(machine, machine.screens[0]!)!;
    expect([width, height]).toEqual([30, 20]);
    // The strip is 20 pixels wide there, and lies at the right.
    expect([...rgba.subarray(4 * 29, 4 * 30)]).toEqual([0, 255, 0, 255]);
  });

  test('shows another cell by the key, and none that has no screen', () => {
    act(key(true, KEY_SWITCH), key(false, KEY_SWITCH));
    expect(column()).toBe('g4 r16');
    machine.giveScreen(2);
    act(key(true, KEY_SWITCH));
    expect(column()).toBe('g4 b16');
    expect(reports()).toEqual([3, 2, 0]);
  });

  test('is the secure cell’s alone once that has taken it, and nobody can have it then', () => {
    take(1);
    machine.giveScreen(3);
    act(key(true, KEY_SWITCH));
    expect(column()).toBe('g20');
    take(0);
    expect(column()).toBe('g4 b16');
  });

  test('is the same after a snapshot', () => {
    act(key(true, KEY_SWITCH));
    take(1);
    const snapshot = machine.save();
    take(0);
    act(key(true, KEY_SWITCH));
    machine.restore(snapshot);
    const { focus } = machine.hardware.hosted!.display!;
    expect([focus.foreground, focus.isTaken]).toEqual([3, true]);
    take(0);
    expect(focus.foreground).toBe(3);
  });
});

describe('hands', () => {
  test('reach the cell that has the screen; what went down in one goes up there', () => {
    act(key(true));
    take(1);
    act(key(false), key(true), key(false));
    take(0);
    act(key(true, KEY_SWITCH), key(true));
    // Devices: blue's keyboard and touch, secure's, red's keyboard.
    const press = (device: number, down: 0 | 1) => ({ device, events: [[1, KEY_A, down]] });
    expect(reports()).toEqual([press(0, 1), press(0, 0), press(2, 1), press(2, 0), 3, press(4, 1)]);
  });

  test('on the strip reach the cell that draws it; places are those of what each draws', () => {
    const places = () => {
      const axis = (events: readonly (readonly number[])[], code: number) => events.find((event) => event[1] === code)![2]!;
      return machine.result(0).input.map(({ hid }) => [hid!.device, Math.round((axis(hid!.events, 0x36) / 0x7fff) * 100)]);
    };
    act({ kind: 'touch', contact: 0, x: 0.5, y: 0.1 }, { kind: 'touch', contact: 1, x: 0.5, y: 0.6 });
    expect(places()).toEqual([
      [3, 10],
      [1, 50],
    ]);
  });

  test.each([
    [0, { x: 0.5, y: 0.1 }],
    [90, { x: 0.9, y: 0.5 }],
    [180, { x: 0.5, y: 0.9 }],
    [270, { x: 0.1, y: 0.5 }],
  ] as const)('find the strip where it is seen, turned by %i', (rotation, strip) => {
    start({ rotation });
    act({ kind: 'touch', contact: 0, ...strip }, { kind: 'touch', contact: 1, x: 1 - strip.x, y: 1 - strip.y });
    expect(machine.result(0).input.map(({ hid }) => hid!.device)).toEqual([3, 1]);
  });

  test('that are down while another takes the screen move nowhere', () => {
    act({ kind: 'touch', contact: 0, x: 0.5, y: 0.6 });
    take(1);
    act({ kind: 'touch', contact: 0, x: 0.5, y: 0.7 }, { kind: 'lift', contact: 0 });
    expect(machine.result(0).input.map(({ hid }) => hid!.device)).toEqual([1, 1]);
  });

  test('are logged as what devices report, so that a replay is the same run', () => {
    machine = create();
    act(key(true, KEY_SWITCH), key(true));
    const first = machine.result(0);
    machine = create({}, { replay: first.input });
    act();
    expect(machine.hardware.hosted!.display!.focus.foreground).toBe(3);
    const { virtualNs, input, stateHash } = machine.result(0);
    expect({ virtualNs, input, stateHash }).toEqual({
      virtualNs: first.virtualNs,
      input: first.input,
      stateHash: first.stateHash,
    });
  });
});

test('the secure cell is told who has the screen', () => {
  const name = () => Buffer.from(Array.from({ length: 8 }, (_, n) => read(screenRegisters.NAME + n, 1))).toString();
  expect([read(screenRegisters.FOREGROUND), name()]).toEqual([0, 'blue\0\0\0\0']);
  expect([read(screenRegisters.WIDTH), read(screenRegisters.HEIGHT), read(screenRegisters.STRIP_HEIGHT)]).toEqual([30, 20, 4]);
  const interrupts = machine.hardware.hosted!.cells[1]!.saveDevices();
  expect(interrupts['screen-control']).toEqual({ isPending: false });
  act(key(true, KEY_SWITCH));
  expect(machine.hardware.hosted!.cells[1]!.saveDevices()['screen-control']).toEqual({ isPending: true });
  expect([read(screenRegisters.FOREGROUND), name(), read(screenRegisters.NAME)]).toEqual([3, 'red\0\0\0\0\0', 0x646572]);
  expect(machine.hardware.hosted!.cells[1]!.saveDevices()['screen-control']).toEqual({ isPending: false });
  expect(machine.hardware.hosted!.cells[0]!.bus.read(0, CONTROL, 4)).toBeUndefined();
});
