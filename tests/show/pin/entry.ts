/** A person who types a PIN, by keys or by fingers on the pad that the secure guest draws. */
import type { HidAction, TimedHidAction } from '../../../emulator/base/hid.ts';
import type { Random } from '../../../emulator/base/random.ts';
import { ABS_MAX } from '../../../emulator/devices/virtio/input/event-codes.ts';
import type { RunningHandset } from '../support/handset.ts';
import { keyOfDigit, needlesOf, type Needle, type Place } from './needles.ts';

const [KEY_ENTER, STEP_NS] = [28, 20e6];
/** The display, its strip, and the pad below (resources/guests/pin/pad.c). */
const [WIDTH, HEIGHT, STRIP] = [480, 800, 48];
const rows = ['123', '456', '789', '-0K'];

export class Entry {
  private readonly handset: RunningHandset;
  private readonly digits: readonly number[];
  private readonly random: Random;
  private places: Place[] = [];
  private way: 'keys' | 'fingers' = 'keys';

  constructor(handset: RunningHandset, digits: readonly number[], random: Random) {
    this.handset = handset;
    this.digits = digits;
    this.random = random;
  }

  /** How what was typed last may look. */
  get needles(): Needle[] {
    return needlesOf(this.digits, this.places);
  }

  /** Types the digits, and not yet OK. */
  type(way: 'keys' | 'fingers'): void {
    this.way = way;
    this.places = [];
    this.act(this.digits.flatMap((digit) => (way === 'keys' ? press(keyOfDigit(digit)) : this.tap(String(digit)))));
  }

  confirm(): void {
    this.act(this.way === 'keys' ? press(KEY_ENTER) : this.tap('K'));
  }

  private act(actions: readonly HidAction[]): void {
    this.handset.machine.act(actions.map((action, n): TimedHidAction => ({ afterNs: n * STEP_NS, action })));
    this.handset.runTo(this.handset.machine.nowNs + (actions.length + 1) * STEP_NS);
  }

  /** Somewhere on a key, so that a place is no number that others have. */
  private tap(key: string): HidAction[] {
    const row = rows.findIndex((keys) => keys.includes(key));
    const column = rows[row]!.indexOf(key);
    const within = (): number => 0.2 + (this.random.next() % 600) / 1000;
    const [x, y] = [(column + within()) / 3, (STRIP + ((row + within()) * (HEIGHT - STRIP)) / 4) / HEIGHT];
    if (key !== 'K') this.places.push({ x: Math.round(x * ABS_MAX), y: Math.round(y * ABS_MAX) });
    return [
      { kind: 'touch', contact: 0, x, y },
      { kind: 'lift', contact: 0 },
    ];
  }
}

function press(key: number): HidAction[] {
  return [true, false].map((down) => ({ kind: 'key', key, down }));
}

export const display = { width: WIDTH, height: HEIGHT, strip: STRIP };
