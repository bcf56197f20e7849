/** What each kind of input device says of itself: what QEMU's virtio-keyboard, -tablet, -mouse and -multitouch say, so that guests cannot tell. */
import type { HidKind } from '../../../base/hid.ts';
import { keyCodes } from '../../../base/keys.ts';
import { abs, ABS_MAX, btn, ev, led, PROP_DIRECT, rel } from './event-codes.ts';

export interface InputDescription {
  readonly name: string;
  readonly product: number;
  readonly version: number;
  /** Numbers of properties. */
  readonly properties?: readonly number[];
  /** Codes by type of event. */
  readonly events: ReadonlyMap<number, readonly number[]>;
  /** The largest value of each absolute axis; the smallest is 0. */
  readonly axes?: ReadonlyMap<number, number>;
}

/** Of fingers and their tracking numbers; one more than there are. */
const CONTACTS_MAX = 10;
/** Newer versions of QEMU have BTN_TOUCH here as well, which a mouse has no use for. */
const buttons = Object.values(btn).filter((code) => code !== btn.TOUCH);

export const inputKinds: Readonly<Record<HidKind, InputDescription>> = {
  keyboard: {
    ...{ name: 'QEMU Virtio Keyboard', product: 1, version: 1 },
    events: new Map([
      [ev.KEY, keyCodes],
      [ev.LED, Object.values(led)],
      // The guest repeats keys that are held.
      [ev.REP, []],
    ]),
  },
  mouse: {
    ...{ name: 'QEMU Virtio Mouse', product: 2, version: 2 },
    events: new Map([
      [ev.KEY, buttons],
      [ev.REL, Object.values(rel)],
    ]),
  },
  tablet: {
    ...{ name: 'QEMU Virtio Tablet', product: 3, version: 2 },
    events: new Map<number, readonly number[]>([
      [ev.KEY, buttons],
      [ev.REL, [rel.WHEEL]],
      [ev.ABS, [abs.X, abs.Y]],
    ]),
    axes: new Map([
      [abs.X, ABS_MAX],
      [abs.Y, ABS_MAX],
    ]),
  },
  touch: {
    ...{ name: 'QEMU Virtio MultiTouch', product: 3, version: 1 },
    properties: [PROP_DIRECT],
    events: new Map<number, readonly number[]>([
      [ev.KEY, [...buttons, btn.TOUCH]],
      [ev.ABS, [abs.MT_SLOT, abs.MT_TRACKING_ID, abs.MT_POSITION_X, abs.MT_POSITION_Y]],
    ]),
    axes: new Map([
      [abs.MT_SLOT, CONTACTS_MAX],
      [abs.MT_TRACKING_ID, CONTACTS_MAX],
      [abs.MT_POSITION_X, ABS_MAX],
      [abs.MT_POSITION_Y, ABS_MAX],
    ]),
  },
};
