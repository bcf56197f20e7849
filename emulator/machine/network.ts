import { createRandom } from '../base/random.ts';
import { capturedFrame, captureHeader } from '../network/capture/pcapng.ts';
import type { NicConfig } from '../network/config.ts';
import { Link } from '../network/switch/link.ts';
import { Switch, type SwitchPort } from '../network/switch/switch.ts';
import type { SocketCommand, SocketEvent } from '../network/user/sockets.ts';
import { UserNetwork } from '../network/user/user-network.ts';
import { EventQueue } from './events.ts';

export interface NetworkOptions {
  readonly nics: readonly NicConfig[];
  readonly seed: number;
  readonly capture: boolean;
  /** Of virtual time 0, seconds since 1970: what captured frames are dated by. */
  readonly rtcSeconds: number;
  /** Frames come from a log: nothing answers. */
  readonly isReplay: boolean;
  nowNs(): number;
  /** A frame shall enter the machine at that virtual time, or as soon as it can after it. */
  enter(nic: number, frame: Uint8Array, atNs: number): void;
  /** What the host's sockets shall do. */
  onSockets(nic: number, command: SocketCommand): void;
  /** A frame left the machine by a card whose wire leads to its owner. */
  onFrame(nic: number, frame: Uint8Array, atNs: number): void;
  onCapture(bytes: Uint8Array): void;
}

/** The other end of a card's wire. */
interface Peer {
  readonly user: UserNetwork | undefined;
  /** Of a switch in the machine. */
  readonly port?: SwitchPort;
  readonly up: Link;
  /** The host may give frames at any time. */
  readonly isLive: boolean;
}

/**
 * All that is behind a machine's network cards. None of it is part of the machine: its state is not hashed or saved, and its timers end no slice.
 * What it sends enters by the input log, so a replay needs nothing of it.
 */
export class MachineNetwork {
  private readonly options: NetworkOptions;
  private readonly peers: readonly Peer[];
  /** What is due here; not a machine's events. */
  private readonly events: EventQueue;
  private readonly switches = new Map<string, Switch>();

  constructor(options: NetworkOptions) {
    this.options = options;
    this.events = new EventQueue(() => options.nowNs());
    this.peers = options.nics.map((nic, index) => this.peerOf(nic, index));
    if (options.capture) options.onCapture(captureHeader(options.nics.map((_, index) => `eth${index}`)));
  }

  /** A card sends a frame. */
  transmit(nic: number, frame: Uint8Array): void {
    this.capture(nic, 'out', frame);
    const peer = this.peers[nic];
    if (!peer || this.options.isReplay) return;
    const now = this.options.nowNs();
    const { user, up, port } = peer;
    if (port) return port.send(frame, now);
    if (!user) return this.options.onFrame(nic, frame, now);
    const at = up.arrivalNs(frame.length, now);
    if (at === undefined) return;
    if (at <= now) user.receive(frame);
    else this.events.at(at, () => user.receive(frame));
  }

  /** A frame enters the machine by a card. */
  received(nic: number, frame: Uint8Array): void {
    this.capture(nic, 'in', frame);
  }

  /** A socket of the host told something; the network is found by the card's number. */
  take(nic: number, event: SocketEvent): void {
    this.peers[nic]?.user?.take(event);
  }

  /** Does what is due. Between slices. */
  advance(nowNs: number): void {
    this.events.runDue(nowNs);
  }

  /** When something is due that may make a frame enter; Infinity when nothing is. */
  get nextNs(): number {
    return this.events.nextNs;
  }

  /** Whether the host can do something that the guest would notice: idle time must not race meanwhile. */
  get awaitsHost(): boolean {
    return this.peers.some(({ user, isLive }) => isLive || user?.pending === true);
  }

  private peerOf({ network, link }: NicConfig, index: number): Peer {
    const { seed, isReplay, enter, nowNs, onSockets } = this.options;
    const direction = (name: string): Link => new Link(link, createRandom(seed, `eth${index} ${name}`));
    const up = direction('up');
    if (network.kind === 'wire') return { up, user: undefined, isLive: network.isLive === true && !isReplay };
    if (isReplay) return { up, user: undefined, isLive: false };
    if (network.kind === 'switch') {
      const port = this.switchNamed(network.name).addPort(`eth${index}`, link, (frame, atNs) => enter(index, frame, atNs));
      return { up, isLive: false, user: undefined, port };
    }
    const down = direction('down');
    const send = (frame: Uint8Array): void => {
      const at = down.arrivalNs(frame.length, nowNs());
      if (at !== undefined) enter(index, frame, at);
    };
    return { up, isLive: false, user: new UserNetwork(network, this.events, send, (command) => onSockets(index, command)) };
  }

  private switchNamed(name: string): Switch {
    const found = this.switches.get(name) ?? new Switch(this.options.seed);
    this.switches.set(name, found);
    return found;
  }

  private capture(nic: number, direction: 'in' | 'out', frame: Uint8Array): void {
    const { capture, rtcSeconds, nowNs, onCapture } = this.options;
    if (!capture) return;
    const timeNs = BigInt(rtcSeconds) * 1_000_000_000n + BigInt(Math.floor(nowNs()));
    onCapture(capturedFrame(nic, timeNs, direction, frame));
  }
}
