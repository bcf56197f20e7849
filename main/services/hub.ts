import type { EventName, Events, Peer } from '../contract/index.ts';

/** All connected screens. */
export class Hub {
  readonly peers = new Set<Peer>();

  broadcast<E extends EventName>(event: E, data: Events[E]): void {
    for (const peer of this.peers) peer.emit(event, data);
  }
}
