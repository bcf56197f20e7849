import { MAX_CONTACTS, type HidAction, type HidButton, type HidKind, type TimedHidAction } from '../../base/hid.ts';
import { abs, ABS_MAX, btn, ev, rel } from '../../devices/virtio/input/event-codes.ts';
import type { InputEvent } from '../../devices/virtio/input/input.ts';

/** What changes at one of a machine's input devices at one moment. */
export interface HidReport {
  /** By order in the configuration. */
  readonly device: number;
  readonly events: readonly InputEvent[];
}

const buttonCodes: Readonly<Record<HidButton, number>> = {
  left: btn.LEFT,
  middle: btn.MIDDLE,
  right: btn.RIGHT,
  side: btn.SIDE,
  extra: btn.EXTRA,
};
/** The finger that stands for a pointer with its left button. */
const POINTER_CONTACT = 0;

const onAxis = (part: number): number => Math.round(Math.min(1, Math.max(0, part)) * ABS_MAX);
const isWhole = (value: number, max: number): boolean => Number.isSafeInteger(value) && Math.abs(value) <= max;

/**
 * Finds the device that an action reaches, and says it in the device's events. What it knows is what hands do, and nothing of the machine. Where
 * the fitting device is not there another stands in: a finger for a pointer, a pointer for a finger.
 */
export class HidRouter {
  private readonly kinds: readonly HidKind[];
  private point = { x: 0, y: 0 };
  /** The pointer was moved by steps, rather than to places. */
  private isRelative: boolean;
  private readonly contacts = new Set<number>();

  constructor(kinds: readonly HidKind[]) {
    this.kinds = kinds;
    this.isRelative = this.first('mouse', 'tablet') === 'mouse';
  }

  /** What happens at one device at one time is one report. */
  routeAll(actions: readonly TimedHidAction[]): { afterNs: number; hid: HidReport }[] {
    const reports: { afterNs: number; hid: HidReport }[] = [];
    for (const { afterNs, action } of actions) {
      const hid = this.route(action);
      const last = reports.at(-1);
      if (!hid) continue;
      if (last?.afterNs !== afterNs || last.hid.device !== hid.device) reports.push({ afterNs, hid });
      else last.hid = { ...hid, events: [...last.hid.events, ...hid.events] };
    }
    return reports;
  }

  /** Undefined where the machine has nothing that takes it. */
  route(action: HidAction): HidReport | undefined {
    switch (action.kind) {
      case 'key':
        return isWhole(action.key, 0xffff) ? this.report('keyboard', [[ev.KEY, action.key, action.down ? 1 : 0]]) : undefined;
      case 'point':
        return this.toPoint(action.x, action.y);
      case 'move': {
        const { dx, dy } = action;
        if (!isWhole(dx, 0x7fff_ffff) || !isWhole(dy, 0x7fff_ffff)) return undefined;
        this.isRelative = true;
        return this.report('mouse', [
          [ev.REL, rel.X, dx],
          [ev.REL, rel.Y, dy],
        ]);
      }
      case 'button':
        return this.press(action.button, action.down);
      case 'wheel':
        return isWhole(action.steps, 0x7fff_ffff) ? this.report(this.pointer, [[ev.REL, rel.WHEEL, action.steps]]) : undefined;
      case 'touch':
        return this.touch(action.contact, action.x, action.y);
      case 'lift':
        return this.lift(action.contact);
    }
  }

  private toPoint(x: number, y: number): HidReport | undefined {
    this.isRelative = false;
    this.point = { x, y };
    if (this.kinds.includes('tablet')) return this.report('tablet', position(abs.X, abs.Y, x, y));
    return this.contacts.has(POINTER_CONTACT) ? this.touch(POINTER_CONTACT, x, y) : undefined;
  }

  private press(button: HidButton, down: boolean): HidReport | undefined {
    const { pointer } = this;
    if (pointer) return this.report(pointer, [[ev.KEY, buttonCodes[button], down ? 1 : 0]]);
    if (button !== 'left') return undefined;
    return down ? this.touch(POINTER_CONTACT, this.point.x, this.point.y) : this.lift(POINTER_CONTACT);
  }

  /** Fingers as Linux's protocol B has them (Documentation/input/multi-touch-protocol.rst). */
  private touch(contact: number, x: number, y: number): HidReport | undefined {
    if (!isContact(contact)) return undefined;
    const isNew = !this.contacts.has(contact);
    const isFirst = this.contacts.size === 0;
    this.contacts.add(contact);
    if (!this.kinds.includes('touch')) {
      if (contact !== POINTER_CONTACT) return undefined;
      return this.report('tablet', [...position(abs.X, abs.Y, x, y), ...(isNew ? [press(btn.LEFT, 1)] : [])]);
    }
    return this.report('touch', [
      [ev.ABS, abs.MT_SLOT, contact],
      ...(isNew ? [number(contact)] : []),
      ...position(abs.MT_POSITION_X, abs.MT_POSITION_Y, x, y),
      ...(isFirst ? [press(btn.TOUCH, 1)] : []),
    ]);
  }

  private lift(contact: number): HidReport | undefined {
    if (!this.contacts.delete(contact)) return undefined;
    if (!this.kinds.includes('touch'))
      return contact === POINTER_CONTACT ? this.report('tablet', [press(btn.LEFT, 0)]) : undefined;
    const isLast = this.contacts.size === 0;
    return this.report('touch', [[ev.ABS, abs.MT_SLOT, contact], number(-1), ...(isLast ? [press(btn.TOUCH, 0)] : [])]);
  }

  /** What has buttons and a wheel: the one that was moved last, where there are both. */
  private get pointer(): HidKind | undefined {
    return this.isRelative ? this.first('mouse', 'tablet') : this.first('tablet', 'mouse');
  }

  private first(...wanted: HidKind[]): HidKind | undefined {
    return wanted.find((kind) => this.kinds.includes(kind));
  }

  private report(kind: HidKind | undefined, events: readonly InputEvent[]): HidReport | undefined {
    const device = kind === undefined ? -1 : this.kinds.indexOf(kind);
    return device < 0 ? undefined : { device, events };
  }
}

const isContact = (contact: number): boolean => isWhole(contact, MAX_CONTACTS - 1) && contact >= 0;
const press = (code: number, value: 0 | 1): InputEvent => [ev.KEY, code, value];
const number = (tracking: number): InputEvent => [ev.ABS, abs.MT_TRACKING_ID, tracking];
const position = (first: number, second: number, x: number, y: number): InputEvent[] => [
  [ev.ABS, first, onAxis(x)],
  [ev.ABS, second, onAxis(y)],
];
