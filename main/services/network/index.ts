/** The host's side of machines' networks: sockets, forwarded ports, captures. */
import type { NicConfig, SocketCommand, SocketEvent } from '../../../emulator/machine/network-settings.ts';
import { describe, type Listener } from './forwards.ts';
import { HostSockets } from './host-sockets.ts';
import { WireEnd, type WireAddress } from './wire-end.ts';

export type { WireAddress } from './wire-end.ts';

/** The sockets of all network cards of a machine, and the far ends of their wires. */
export class HostNetwork {
  readonly #nics: readonly NicConfig[];
  readonly #sockets: readonly HostSockets[];
  #listeners: Listener[] = [];
  readonly #wires: ReadonlyMap<number, WireAddress>;
  readonly #ends = new Map<number, WireEnd>();
  #post: (nic: number, event: SocketEvent) => void = () => {};
  #give: (nic: number, frame: Uint8Array) => void = () => {};

  /** `wires`: where those of cards of kind `wire` lead, by card. */
  constructor(nics: readonly NicConfig[], wires: ReadonlyMap<number, WireAddress> = new Map()) {
    this.#nics = nics;
    this.#wires = wires;
    this.#sockets = nics.map((_, nic) => new HostSockets((event) => this.#post(nic, event)));
  }

  /** Opens the forwarded ports and the wires. Answers what a person would not know otherwise: which ports were free. */
  async listen(): Promise<string[]> {
    try {
      for (const [nic, { network }] of this.#nics.entries()) {
        if (network.kind === 'user') this.#listeners.push(...(await this.#sockets[nic]!.listen(network)));
      }
      for (const [nic, address] of this.#wires) {
        this.#ends.set(nic, await WireEnd.open(address, (frame) => this.#give(nic, frame)));
      }
    } catch (error) {
      this.close();
      throw error;
    }
    return this.#listeners.filter(({ forward }) => forward.hostPort === 0).map(describe);
  }

  /** What sockets tell goes to the machine from now on, and what comes by wires. */
  connect(post: (nic: number, event: SocketEvent) => void, give: (nic: number, frame: Uint8Array) => void = () => {}): void {
    this.#post = post;
    this.#give = give;
  }

  take(nic: number, command: SocketCommand): void {
    this.#sockets[nic]?.take(command);
  }

  /** A frame leaves by a wire. */
  send(nic: number, frame: Uint8Array): void {
    this.#ends.get(nic)?.send(frame);
  }

  close(): void {
    for (const end of this.#ends.values()) end.close();
    for (const sockets of this.#sockets) sockets.close();
    for (const listener of this.#listeners) listener.close();
    this.#listeners = [];
  }
}
