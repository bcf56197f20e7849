import type { Mac } from './addresses.ts';
import type { LinkConfig } from './switch/link.ts';
import type { UserNetworkConfig } from './user/config.ts';

/** A network card of a machine, and what its wire leads to. */
export interface NicConfig {
  mac: Mac;
  link: LinkConfig;
  /**
   * `user`: a gateway that turns traffic into the host's sockets. `switch`: the switch of that name, where other cards of the machine are. `wire`: whoever owns the machine takes and gives the frames; `isLive` says that they
   * come when it pleases the host.
   */
  network: ({ kind: 'user' } & UserNetworkConfig) | { kind: 'switch'; name: string } | { kind: 'wire'; isLive?: boolean };
}

/** QEMU's first address; the next card has the next one. */
export const FIRST_MAC: Mac = 0x5254_0012_3456;
