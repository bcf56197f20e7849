import { createRandom } from '../../base/random.ts';
import { isGroupMac, type Mac } from '../addresses.ts';
import { parseEthernet } from '../packets/ethernet.ts';
import { Link, type LinkConfig } from './link.ts';

/** One end of a wire at a switch. */
export interface SwitchPort {
  /** A frame comes in from the machine at that port, at a virtual time. */
  send(frame: Uint8Array, nowNs: number): void;
  /** Plugs it out. */
  remove(): void;
}

/** Takes a frame to the machine at a port, where it arrives at a virtual time that is not before it was sent. */
export type Deliver = (frame: Uint8Array, atNs: number) => void;

interface Port {
  readonly deliver: Deliver;
  readonly onArrival: Deliver | undefined;
  readonly up: Link;
  readonly down: Link;
}

interface Station {
  readonly port: Port;
  readonly seenNs: number;
}

const MAX_STATIONS = 1024;
/** IEEE 802.1Q §8.8.3. */
const AGE_NS = 300e9;

/**
 * A learning switch (IEEE 802.1D §7). Each port has a wire with its own delay, rate and loss; what is lost follows from the seed alone, and all
 * times are virtual, so equal traffic fares alike in every run.
 */
export class Switch {
  private readonly seed: number;
  private readonly ports = new Set<Port>();
  private readonly stations = new Map<Mac, Station>();

  constructor(seed: number) {
    this.seed = seed;
  }

  /** `name` is the wire's own, for what is random. `onArrival` hears of each frame that comes to the switch by this wire. */
  addPort(name: string, link: LinkConfig, deliver: Deliver, onArrival?: Deliver): SwitchPort {
    const port: Port = {
      ...{ deliver, onArrival },
      up: new Link(link, createRandom(this.seed, `${name} up`)),
      down: new Link(link, createRandom(this.seed, `${name} down`)),
    };
    this.ports.add(port);
    return {
      send: (frame, nowNs) => this.forward(port, frame, nowNs),
      remove: () => {
        this.ports.delete(port);
        for (const [mac, station] of this.stations) if (station.port === port) this.stations.delete(mac);
      },
    };
  }

  private forward(from: Port, frame: Uint8Array, nowNs: number): void {
    const ethernet = parseEthernet(frame);
    if (!ethernet || isGroupMac(ethernet.source) || !this.ports.has(from)) return;
    const arrived = from.up.arrivalNs(frame.length, nowNs);
    if (arrived === undefined) return;
    from.onArrival?.(frame, arrived);
    this.learn(ethernet.source, { port: from, seenNs: arrived });
    const station = isGroupMac(ethernet.destination) ? undefined : this.stations.get(ethernet.destination);
    const known = station && arrived - station.seenNs < AGE_NS ? station.port : undefined;
    for (const port of known ? [known] : this.ports) {
      if (port === from) continue;
      const at = port.down.arrivalNs(frame.length, arrived);
      if (at !== undefined) port.deliver(frame, at);
    }
  }

  private learn(mac: Mac, station: Station): void {
    // The oldest is the first.
    this.stations.delete(mac);
    if (this.stations.size >= MAX_STATIONS) this.stations.delete(this.stations.keys().next().value as Mac);
    this.stations.set(mac, station);
  }
}
