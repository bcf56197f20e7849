import { ByteQueue } from '../../../base/byte-queue.ts';
import type { DeviceState } from '../../device.ts';
import type { ConsoleSize } from './control.ts';

export interface PortOptions {
  /** Its number, from 0 to below the device's most. */
  readonly id: number;
  /** By which programs of the guest find it. */
  readonly name?: string;
  /** For a person: Linux makes it hvc. */
  readonly isConsole: boolean;
  /** Nobody is at the other end yet. */
  readonly isClosed?: boolean;
  /** What it is given first. */
  readonly input?: Uint8Array;
}

/** A port, and the ends of its line. */
export class Port {
  readonly id: number;
  readonly name: string | undefined;
  readonly isConsole: boolean;
  /** Somebody is at our end. */
  hostOpen: boolean;
  /** What is taken from the driver cannot go on now. */
  isHeld = false;
  size: ConsoleSize = { columns: 0, rows: 0 };
  /** The driver knows it, and has opened it. */
  isReady = false;
  guestOpen = false;
  /** From outside, until the driver has room for it. */
  readonly waiting = new ByteQueue();

  constructor({ id, name, isConsole, isClosed = false, input = new Uint8Array() }: PortOptions) {
    this.id = id;
    this.name = name;
    this.isConsole = isConsole;
    this.hostOpen = !isClosed;
    this.waiting.push(input);
  }

  /** The driver is gone. What is outside stays as it is. */
  reset(): void {
    this.isReady = this.guestOpen = false;
  }

  save(): DeviceState {
    const { id, name = null, isConsole, hostOpen, isHeld, isReady, guestOpen, waiting } = this;
    const size = { ...this.size };
    return { id, name, isConsole, hostOpen, isHeld, size, isReady, guestOpen, waiting: waiting.copy(0, waiting.length) };
  }

  static restore(state: DeviceState): Port {
    const { id, name, isConsole, waiting, size, ...rest } = state;
    const port = new Port({
      ...{ id: id as number, isConsole: isConsole as boolean, input: (waiting as Uint8Array).slice() },
      ...(name === null ? {} : { name: name as string }),
    });
    return Object.assign(port, rest, { size: { ...(size as unknown as ConsoleSize) } });
  }
}
