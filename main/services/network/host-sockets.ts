import type { SocketCommand, SocketEvent, UserNetworkConfig } from '../../../emulator/machine/network-settings.ts';
import { echo } from './echo.ts';
import { listen, type Listener } from './forwards.ts';
import { placeOf } from './targets.ts';
import { TcpSockets } from './tcp-sockets.ts';
import { UdpSockets } from './udp-sockets.ts';

/** The host's sockets of one user network: what it commands in, what they tell out. */
export class HostSockets {
  readonly #tcp: TcpSockets;
  readonly #udp: UdpSockets;
  readonly #emit: (event: SocketEvent) => void;
  readonly #resolvers: (() => readonly string[]) | undefined;
  #lastId = 0;
  #closed = false;

  /** `resolvers` are the name servers; the host's own where it is absent. */
  constructor(emit: (event: SocketEvent) => void, resolvers?: () => readonly string[]) {
    const whileOpen = (event: SocketEvent) => (this.#closed ? undefined : emit(event));
    this.#emit = whileOpen;
    this.#resolvers = resolvers;
    this.#tcp = new TcpSockets(whileOpen);
    this.#udp = new UdpSockets(whileOpen, () => this.#newId());
  }

  /** Opens the forwarded ports; all of them or none. */
  async listen({ forwards }: UserNetworkConfig): Promise<Listener[]> {
    const listeners: Listener[] = [];
    try {
      for (const [index, forward] of forwards.entries()) {
        listeners.push(await listen(forward, index, () => this.#newId(), { tcp: this.#tcp, udp: this.#udp }));
      }
      return listeners;
    } catch (error) {
      for (const listener of listeners) listener.close();
      throw error;
    }
  }

  take(command: SocketCommand): void {
    const { id } = command;
    switch (command.type) {
      case 'connect':
        return this.#tcp.connect(id, placeOf(command.target, this.#resolvers));
      case 'datagram':
        return this.#udp.send(id, command.bytes, command.target && placeOf(command.target, this.#resolvers));
      case 'close':
        return this.#udp.take(command);
      case 'echo':
        return void echo(command.address, command.bytes).then((answered) =>
          this.#emit({ type: answered ? 'echoed' : 'refused', id }),
        );
      default:
        return this.#tcp.take(command);
    }
  }

  close(): void {
    this.#closed = true;
    this.#tcp.close();
    this.#udp.close();
  }

  /** Numbers of what comes in. */
  #newId(): number {
    return --this.#lastId;
  }
}
