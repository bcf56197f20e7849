import type { Clock, Device, DeviceState, Line, Timer } from '../device.ts';
import { primeCellId } from '../primecell.ts';

/**
 * The real time clock PL031 (Arm DDI 0224C): seconds, with one alarm. It always runs, as QEMU's does: CR cannot stop it. A reset sets it
 * back to the date of the host's choice.
 */
export interface Pl031Options {
  irq: Line;
  clock: Clock;
  /** What it shows at virtual time 0, seconds since 1970. */
  baseSeconds: number;
}

const [DR, MR, LR, CR, IMSC, RIS, MIS, ICR] = [0x00, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x18, 0x1c];
const peripheralId = [0x31, 0x10, 0x14, 0x00] as const;
const NS_PER_SECOND = 1e9;

export function createPl031({ irq, clock, baseSeconds }: Pl031Options): Device {
  /** `offset` is what the counter shows at virtual time 0. */
  const powerOn = { offset: baseSeconds >>> 0, match: 0, load: 0, mask: 0, raw: 0, armed: false };
  let registers = { ...powerOn };
  let alarm: Timer | undefined;

  const elapsed = () => Math.floor(clock.nowNs() / NS_PER_SECOND);
  const count = () => (registers.offset + elapsed()) >>> 0;
  const update = () => irq.set((registers.raw & registers.mask) !== 0);

  function fire() {
    alarm = undefined;
    registers.armed = false;
    registers.raw = 1;
    update();
  }

  /** Sets the timer by the registers. The alarm is given once, when the counter comes to the value, even if that takes 136 years. */
  function schedule() {
    alarm?.cancel();
    alarm = undefined;
    if (!registers.armed) return;
    const ahead = (registers.match - count()) >>> 0;
    if (ahead === 0) return fire();
    const atNs = (elapsed() + ahead) * NS_PER_SECOND;
    if (Number.isSafeInteger(atNs)) alarm = clock.at(atNs, fire);
  }

  function read(offset: number): number {
    switch (offset) {
      case DR:
        return count();
      case MR:
        return registers.match;
      case LR:
        return registers.load;
      case CR:
        return 1;
      case IMSC:
        return registers.mask;
      case RIS:
        return registers.raw;
      case MIS:
        return registers.raw & registers.mask;
      default:
        return primeCellId(peripheralId, offset) ?? 0;
    }
  }

  function write(offset: number, value: number) {
    switch (offset) {
      case LR:
        registers.load = value;
        registers.offset = (value - elapsed()) >>> 0;
        registers.armed = true;
        return schedule();
      case MR:
        registers.match = value;
        registers.armed = true;
        return schedule();
      case IMSC:
        registers.mask = value & 1;
        return update();
      case ICR:
        registers.raw &= ~value;
        return update();
    }
  }

  function become(values: typeof powerOn) {
    registers = { ...values };
    schedule();
    update();
  }

  return {
    kind: 'pl031',
    read: (offset, size) => (size === 4 ? read(offset) : read(offset & ~3) & (2 ** (8 * size) - 1)),
    write: (offset, _size, value) => write(offset & ~3, value >>> 0),
    reset: () => become(powerOn),
    save: (): DeviceState => ({ ...registers }),
    restore: (state) => become(state as typeof powerOn),
  };
}
