/** The host's side of machines' networks: sockets, forwarded ports, captures. */
import type { NicConfig, SocketCommand, SocketEvent } from '../../../emulator/machine/network-settings.ts';
import { describe, type Listener } from './forwards.ts';
import { HostSockets } from './host-sockets.ts';

/** The sockets of all network cards of a machine. */
export class HostNetwork {
  readonly #nics: readonly NicConfig[];
  readonly #sockets: readonly HostSockets[];
  #listeners: Listener[] = [];
  #post: (nic: number, event: SocketEvent) => void = () => {};

  constructor(nics: readonly NicConfig[]) {
    this.#nics = nics;
    this.#sockets = nics.map((_, nic) => new HostSockets((event) => this.#post(nic, event)));
  }

  /** Opens the forwarded ports. Answers what a person would not know otherwise: which ports were free. */
  async listen(): Promise<string[]> {
    try {
      for (const [nic, { network }] of this.#nics.entries()) {
        if (network.kind === 'user') this.#listeners.push(...(await this.#sockets[nic]!.listen(network)));
      }
    } catch (error) {
      this.close();
      throw error;
    }
    return this.#listeners.filter(({ forward }) => forward.hostPort === 0).map(describe);
  }

  /** What sockets tell goes to the machine from now on. */
  connect(post: (nic: number, event: SocketEvent) => void): void {
    this.#post = post;
  }

  take(nic: number, command: SocketCommand): void {
    this.#sockets[nic]?.take(command);
  }

  close(): void {
    for (const sockets of this.#sockets) sockets.close();
    for (const listener of this.#listeners) listener.close();
    this.#listeners = [];
  }
}
