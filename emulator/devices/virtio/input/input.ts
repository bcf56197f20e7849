import type { HidKind } from '../../../base/hid.ts';
import type { DeviceState } from '../../device.ts';
import type { Queue, Transport, VirtioDevice } from '../device.ts';
import { answer, CONFIG_BYTES, CONFIG_HEADER } from './config.ts';
import { ev, led, SYN_REPORT } from './event-codes.ts';
import { inputKinds } from './kinds.ts';

/** A keyboard, a pointer or a touch screen (virtio 1.2 §5.8). Who moves it is outside. */
export interface VirtioInputOptions {
  kind: HidKind;
  /** What ID_SERIAL says; absent or empty: nothing. */
  serial?: string;
}

/** One event of Linux's input layer: type, code, value (signed). */
export type InputEvent = readonly [type: number, code: number, value: number];

export interface VirtioInput extends VirtioDevice {
  /**
   * What has changed at one moment; the device ends it with SYN_REPORT. It waits when the driver gave no buffers. It is lost as a whole when too
   * much waits, or no driver is there.
   */
  report(events: readonly InputEvent[]): void;
}

const [EVENTS, STATUS] = [0, 1];
const QUEUE_SIZE = 64;
const EVENT_BYTES = 8;
/** Events that wait: of a person who goes on for seconds. */
const MAX_WAITING = 1024;
const END: InputEvent = [ev.SYN, SYN_REPORT, 0];

export function createVirtioInput({ kind, serial = '' }: VirtioInputOptions): VirtioInput {
  const description = inputKinds[kind];
  const config = new Uint8Array(CONFIG_BYTES);
  let transport: Transport | undefined;
  let waiting: InputEvent[] = [];
  /** A bit for each LED that the driver switched on. */
  let leds = 0;

  function choose(select: number, subsel: number) {
    const bytes = answer(description, serial, select, subsel);
    config.fill(0);
    config.set([select, subsel, bytes.length]);
    config.set(bytes, CONFIG_HEADER);
  }

  function deliver(queue: Queue) {
    let done = 0;
    for (const event of waiting) {
      const chain = queue.take();
      if (!chain) break;
      if (!chain.write(0, encodeEvent(event))) {
        queue.fail();
        break;
      }
      queue.complete(chain, EVENT_BYTES, 0);
      done++;
    }
    waiting.splice(0, done);
  }

  function takeStatus(queue: Queue) {
    for (let chain = queue.take(); chain; chain = queue.take()) {
      const bytes = new Uint8Array(EVENT_BYTES);
      if (!chain.read(0, bytes)) return queue.fail();
      const [type, code, value] = decodeEvent(bytes);
      if (type === ev.LED && code <= led.SCROLLL) leds = value === 0 ? leds & ~(1 << code) : leds | (1 << code);
      queue.complete(chain, 0, 0);
    }
  }

  function reset() {
    choose(0, 0);
    waiting = [];
    leds = 0;
  }
  reset();

  return {
    id: 18,
    features: 0n,
    queueSizes: [QUEUE_SIZE, QUEUE_SIZE],
    config,
    attach: (given) => (transport = given),
    notify(queue, index) {
      if (index === EVENTS) deliver(queue);
      else if (index === STATUS) takeStatus(queue);
    },
    report(events) {
      if (!transport?.isDriverReady || waiting.length + events.length >= MAX_WAITING) return;
      waiting.push(...events, END);
      deliver(transport.queue(EVENTS));
    },
    writeConfig(offset, value) {
      if (offset === 0) choose(value, config[1]!);
      else if (offset === 1) choose(config[0]!, value);
    },
    reset,
    save: (): DeviceState => ({ select: config[0]!, subsel: config[1]!, waiting: waiting.flat(), leds }),
    restore(state) {
      choose(state['select'] as number, state['subsel'] as number);
      const flat = state['waiting'] as number[];
      waiting = Array.from({ length: flat.length / 3 }, (_, n) => flat.slice(3 * n, 3 * n + 3) as unknown as InputEvent);
      leds = state['leds'] as number;
    },
  };
}

function encodeEvent([type, code, value]: InputEvent): Uint8Array {
  const view = new DataView(new ArrayBuffer(EVENT_BYTES));
  view.setUint16(0, type, true);
  view.setUint16(2, code, true);
  view.setInt32(4, value, true);
  return new Uint8Array(view.buffer);
}

function decodeEvent(bytes: Uint8Array): InputEvent {
  const view = new DataView(bytes.buffer);
  return [view.getUint16(0, true), view.getUint16(2, true), view.getInt32(4, true)];
}
