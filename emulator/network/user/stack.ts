import type { Clock } from '../../devices/device.ts';
import type { Ipv4 } from '../addresses.ts';
import type { UserNetworkConfig } from './config.ts';
import type { HostTarget, SendCommand } from './sockets.ts';

/** What the protocols of the user network share. */
export interface Stack {
  readonly config: UserNetworkConfig;
  readonly clock: Clock;
  readonly sockets: SendCommand;
  /** Numbers of connections, flows and echoes that the guest begins. */
  newId(): number;
  /** Sends a packet to the guest's side. */
  send(source: Ipv4, destination: Ipv4, protocol: number, payload: Uint8Array): void;
  /** What an address means on the host; undefined where the guest may not go. */
  targetOf(address: Ipv4, port: number): HostTarget | undefined;
}
