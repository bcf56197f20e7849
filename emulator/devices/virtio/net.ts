import type { DeviceState } from '../device.ts';
import type { Chain } from './chain.ts';
import { F_VERSION_1 } from './core.ts';
import type { Queue, Transport, VirtioDevice } from './device.ts';

/** A network card (virtio 1.2 §5.1). What is at the other end of its wire is not its affair. */
export interface VirtioNetOptions {
  /** Six bytes. */
  mac: Uint8Array;
  /** A frame goes out: the bytes are the receiver's to keep. Called while the driver waits: nothing may be received before it returns. */
  onTransmit(frame: Uint8Array): void;
  /** Virtual time from the notification to the completion of a transmission, beside that of its bytes. */
  latencyNs?: number;
  bitsPerSecond?: number;
}

export interface VirtioNet extends VirtioDevice {
  /** A frame comes in. It waits when the driver gave no buffers, and is lost when too many wait or no driver is there. */
  receive(frame: Uint8Array): void;
  /** Plugs the cable in or out. */
  setLink(up: boolean): void;
}

const [F_MAC, F_MRG_RXBUF, F_STATUS] = [1n << 5n, 1n << 15n, 1n << 16n];
const [RECEIVE, TRANSMIT] = [0, 1];
const QUEUE_SIZE = 256;
/** With num_buffers, and without (§5.1.6). */
const HEADER = 12;
const SHORT_HEADER = 10;
const NUM_BUFFERS = 10;
const MIN_FRAME = 14;
/** Ethernet's header, the tag of a VLAN, 1500 bytes. */
const MAX_FRAME = 1518;
const MAX_WAITING = 512;
const MAC_BYTES = 6;
const STATUS = 6;
const LINK_UP = 1;

export function createVirtioNet({ mac, onTransmit, latencyNs = 5000, bitsPerSecond = 10e9 }: VirtioNetOptions): VirtioNet {
  /** §5.1.4: the address, and whether there is a link. */
  const config = new Uint8Array(8);
  let transport: Transport | undefined;
  let waiting: Uint8Array[] = [];

  function initialise() {
    config.set(mac);
    waiting = [];
  }
  initialise();
  config[STATUS] = LINK_UP;

  const has = (feature: bigint) => ((transport?.features ?? 0n) & feature) !== 0n;
  const headerBytes = () => (has(F_VERSION_1) || has(F_MRG_RXBUF) ? HEADER : SHORT_HEADER);

  /** The buffers for a frame, or none when the driver gave too few. */
  function buffersFor(queue: Queue, bytes: number): Chain[] | undefined {
    const chains: Chain[] = [];
    for (let room = 0; room < bytes;) {
      const chain = queue.take();
      if (!chain) {
        queue.putBack(chains.length);
        return undefined;
      }
      chains.push(chain);
      room += chain.writable;
      // §5.1.6.3.1: each holds the header, and without merging the whole frame.
      const least = has(F_MRG_RXBUF) ? headerBytes() : bytes;
      if (chain.writable < least) {
        queue.fail();
        return undefined;
      }
    }
    return chains;
  }

  /** False when the frame has to wait. */
  function put(queue: Queue, frame: Uint8Array): boolean {
    const header = headerBytes();
    const bytes = new Uint8Array(header + frame.length);
    bytes.set(frame, header);
    const chains = buffersFor(queue, bytes.length);
    if (!chains) return false;
    if (header === HEADER) bytes[NUM_BUFFERS] = chains.length;
    let done = 0;
    for (const chain of chains) {
      const part = bytes.subarray(done, done + chain.writable);
      if (!chain.write(0, part)) {
        queue.fail();
        return true;
      }
      done += part.length;
    }
    done = 0;
    for (const chain of chains) {
      const count = Math.min(chain.writable, bytes.length - done);
      queue.complete(chain, count, 0);
      done += count;
    }
    return true;
  }

  function putWaiting(queue: Queue) {
    let count = 0;
    for (const frame of waiting) {
      if (!put(queue, frame)) break;
      count++;
    }
    waiting.splice(0, count);
  }

  function transmit(queue: Queue) {
    const header = headerBytes();
    for (let chain = queue.take(); chain; chain = queue.take()) {
      const length = chain.readable - header;
      if (length < 0) return queue.fail();
      const isFrame = length >= MIN_FRAME && length <= MAX_FRAME;
      const frame = new Uint8Array(isFrame ? length : 0);
      if (isFrame && !chain.read(header, frame)) return queue.fail();
      if (isFrame && config[STATUS] === LINK_UP) onTransmit(frame);
      queue.complete(chain, 0, latencyNs + Math.ceil((frame.length * 8e9) / bitsPerSecond));
    }
  }

  return {
    id: 1,
    features: F_MAC | F_MRG_RXBUF | F_STATUS,
    queueSizes: [QUEUE_SIZE, QUEUE_SIZE],
    config,
    attach: (given) => (transport = given),
    notify(queue, index) {
      if (index === TRANSMIT) transmit(queue);
      else putWaiting(queue);
    },
    receive(frame) {
      if (!transport || config[STATUS] !== LINK_UP || frame.length < MIN_FRAME || frame.length > MAX_FRAME) return;
      if (waiting.length >= MAX_WAITING) return;
      waiting.push(frame);
      if (waiting.length === 1) putWaiting(transport.queue(RECEIVE));
    },
    setLink(up) {
      config[STATUS] = up ? LINK_UP : 0;
      transport?.configChanged();
    },
    // Before version 1.0 drivers set the address here.
    writeConfig(offset, value, legacy) {
      if (legacy && offset < MAC_BYTES) config[offset] = value;
    },
    // The cable stays as it is.
    reset: initialise,
    save: (): DeviceState => ({ config: config.slice(), waiting: waiting.map((frame) => frame.slice()) }),
    restore(state) {
      config.set(state['config'] as Uint8Array);
      waiting = (state['waiting'] as Uint8Array[]).slice();
    },
  };
}
