import type { DeviceState } from '../../device.ts';
import type { Queue, Transport, VirtioDevice } from '../device.ts';
import { event, message, nameMessage, readMessage, resizeMessage, type ConsoleSize, type ControlMessage } from './control.ts';
import { Port, type PortOptions } from './port.ts';

/** A console device (virtio 1.2 §5.3) with up to `maxPorts` ports, each a line of bytes to the outside. */
export interface VirtioConsoleOptions {
  maxPorts: number;
  ports: readonly PortOptions[];
  /** The driver wrote to a port: the bytes are the receiver's to keep. */
  onOutput(port: number, bytes: Uint8Array): void;
  /** The driver took that many bytes of what the port was given. */
  onTaken?(port: number, count: number): void;
  /** Virtual time from the notification to the completion of what is written, beside that of its bytes. */
  latencyNs?: number;
  bytesPerSecond?: number;
}

export interface VirtioConsole extends VirtioDevice {
  /** Bytes from outside. They wait, without bound, until the driver has opened the port and has room. */
  receive(port: number, bytes: Uint8Array): void;
  /** Somebody comes to the other end of a port, or leaves it: what is written meanwhile is lost. */
  setOpen(port: number, open: boolean): void;
  /** While a port is held, what is written to it stays with the driver. */
  setHeld(port: number, held: boolean): void;
  /** The window that shows a console has another size. */
  resize(port: number, size: ConsoleSize): void;
  /** Plugs a port in; false when its number is taken or too large. */
  addPort(port: PortOptions): boolean;
  removePort(port: number): void;
}

/** QEMU's limit; §5.3.4 has none. */
export const MAX_PORTS = 31;

const [F_SIZE, F_MULTIPORT, F_EMERG_WRITE] = [1n << 0n, 1n << 1n, 1n << 2n];
/** Receiving and transmitting, seen from the driver: of port 0, of control messages, of port 1 and so on (§5.3.2). */
const [CONTROL_RECEIVE, CONTROL_TRANSMIT] = [2, 3];
const QUEUE_SIZE = 128;
/** Configuration space (§5.3.4). */
const [COLUMNS, ROWS, PORTS, EMERGENCY, CONFIG_BYTES] = [0, 2, 4, 8, 12];
/** What one buffer may hold: Linux writes 32 KiB at a time. More is taken for a mistake, for it could be a thousand times the RAM. */
const MAX_BUFFER = 1 << 20;
/** Control messages that wait for buffers. A driver that asks for more of them is not listened to meanwhile. */
const MAX_MESSAGES = 1024;

export function createVirtioConsole(options: VirtioConsoleOptions): VirtioConsole {
  const { maxPorts, onOutput, onTaken, latencyNs = 1000, bytesPerSecond = 1e9 } = options;
  let ports = new Map(options.ports.map((port) => [port.id, new Port(port)]));
  /** The driver said that it knows of ports. */
  let isStarted = false;
  let messages: Uint8Array[] = [];
  let transport: Transport | undefined;
  const config = new Uint8Array(CONFIG_BYTES);
  const view = new DataView(config.buffer);
  view.setUint32(PORTS, maxPorts, true);

  const isMultiport = () => ((transport?.features ?? 0n) & F_MULTIPORT) !== 0n;

  function send(...list: Uint8Array[]) {
    if (messages.length < MAX_MESSAGES) messages.push(...list);
    if (transport) deliver(transport.queue(CONTROL_RECEIVE));
  }

  /** Gives messages to the driver. What does not fit into a buffer is cut. */
  function deliver(queue: Queue) {
    let count = 0;
    for (const bytes of messages) {
      const chain = queue.take();
      if (!chain) break;
      const part = bytes.subarray(0, chain.writable);
      if (!chain.write(0, part)) return queue.fail();
      queue.complete(chain, part.length, latencyNs);
      count++;
    }
    messages.splice(0, count);
  }

  function listen(queue: Queue) {
    while (messages.length < MAX_MESSAGES) {
      const chain = queue.take();
      if (!chain) return;
      const said = readMessage(chain);
      if (said === null) return queue.fail();
      queue.complete(chain, 0, latencyNs);
      if (said && isMultiport()) messages.push(...answersTo(said));
    }
  }

  function answersTo({ port: id, event: what, value }: ControlMessage): Uint8Array[] {
    if (what === event.DEVICE_READY) {
      isStarted = value === 1;
      return isStarted ? [...ports.keys()].map((each) => message(each, event.DEVICE_ADD)) : [];
    }
    const port = ports.get(id);
    if (!port) return [];
    if (what === event.PORT_READY) {
      port.isReady = value === 1;
      return port.isReady ? describe(port) : [];
    }
    if (what === event.PORT_OPEN) {
      port.guestOpen = value === 1;
      fill(port);
    }
    return [];
  }

  /** What a driver hears of a port that it has just got to know (§5.3.6.2). */
  function describe({ id, isConsole, name, size, hostOpen }: Port): Uint8Array[] {
    return [
      ...(isConsole ? [message(id, event.CONSOLE_PORT)] : []),
      ...(isConsole && size.columns > 0 ? [resizeMessage(id, size)] : []),
      ...(name === undefined ? [] : [nameMessage(id, name)]),
      ...(hostOpen ? [message(id, event.PORT_OPEN)] : []),
    ];
  }

  /** Gives the driver of what waits as much as it has room for. */
  function fill(port: Port) {
    if (!transport || (isMultiport() && !port.guestOpen)) return;
    const { waiting } = port;
    const queue = transport.queue(receiveQueue(port.id));
    let taken = 0;
    while (waiting.length > 0) {
      const chain = queue.take();
      if (!chain) break;
      const count = Math.min(chain.writable, waiting.length);
      if (count === 0 || !chain.write(0, waiting.copy(0, count))) {
        queue.fail();
        break;
      }
      waiting.drop(count);
      queue.complete(chain, count, 0);
      taken += count;
    }
    if (taken > 0) onTaken?.(port.id, taken);
  }

  /** Takes what the driver wrote. Nobody hears what is written to a port that is closed or not there. */
  function drain(queue: Queue, port: Port | undefined) {
    if (port?.isHeld) return;
    for (let chain = queue.take(); chain; chain = queue.take()) {
      if (chain.readable > MAX_BUFFER) return queue.fail();
      const bytes = new Uint8Array(chain.readable);
      if (!chain.read(0, bytes)) return queue.fail();
      queue.complete(chain, 0, latencyNs + Math.ceil((bytes.length * 1e9) / bytesPerSecond));
      if (port?.hostOpen && bytes.length > 0) onOutput(port.id, bytes);
    }
  }

  return {
    id: 3,
    features: F_SIZE | F_EMERG_WRITE | (maxPorts > 1 ? F_MULTIPORT : 0n),
    queueSizes: Array.from({ length: maxPorts > 1 ? 2 * (maxPorts + 1) : 2 }, () => QUEUE_SIZE),
    config,
    attach: (given) => (transport = given),
    notify(queue, index) {
      if (index === CONTROL_RECEIVE || index === CONTROL_TRANSMIT) {
        if (index === CONTROL_RECEIVE) deliver(queue);
        listen((transport as Transport).queue(CONTROL_TRANSMIT));
        return send();
      }
      const port = ports.get(portOfQueue(index));
      if (index % 2 === 1) drain(queue, port);
      else if (port) fill(port);
    },
    // Works before there is a driver, for the first words of a kernel (§5.3.5.1).
    writeConfig(offset, value) {
      const port = ports.get(0);
      if (offset === EMERGENCY && port?.hostOpen) onOutput(port.id, Uint8Array.of(value));
    },
    receive(id, bytes) {
      const port = ports.get(id);
      if (!port) return;
      port.waiting.push(bytes);
      fill(port);
    },
    setOpen(id, open) {
      const port = ports.get(id);
      if (!port || port.hostOpen === open) return;
      port.hostOpen = open;
      if (port.isReady) send(message(id, event.PORT_OPEN, open ? 1 : 0));
    },
    setHeld(id, held) {
      const port = ports.get(id);
      if (!port) return;
      port.isHeld = held;
      if (transport) drain(transport.queue(receiveQueue(id) + 1), port);
    },
    resize(id, size) {
      const port = ports.get(id);
      if (!port?.isConsole) return;
      port.size = { ...size };
      if (port.isReady) send(resizeMessage(id, size));
      if (id !== 0) return;
      view.setUint16(COLUMNS, size.columns, true);
      view.setUint16(ROWS, size.rows, true);
      if (!isMultiport()) transport?.configChanged();
    },
    addPort(port) {
      if (port.id >= maxPorts || ports.has(port.id)) return false;
      ports.set(port.id, new Port(port));
      if (isStarted) send(message(port.id, event.DEVICE_ADD));
      return true;
    },
    removePort(id) {
      if (ports.delete(id) && isStarted) send(message(id, event.DEVICE_REMOVE));
    },
    reset() {
      isStarted = false;
      messages = [];
      for (const port of ports.values()) port.reset();
    },
    save: (): DeviceState => ({
      isStarted,
      config: config.slice(),
      messages: messages.map((bytes) => bytes.slice()),
      ports: [...ports.values()].map((port) => port.save()),
    }),
    restore(state) {
      isStarted = state['isStarted'] as boolean;
      config.set(state['config'] as Uint8Array);
      messages = (state['messages'] as Uint8Array[]).map((bytes) => bytes.slice());
      ports = new Map((state['ports'] as DeviceState[]).map(Port.restore).map((port) => [port.id, port]));
    },
  };
}

function receiveQueue(port: number): number {
  return port === 0 ? 0 : 2 * port + 2;
}

function portOfQueue(index: number): number {
  return index < 2 ? 0 : (index >> 1) - 1;
}
