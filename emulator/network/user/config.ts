import { ipv4, type Ipv4 } from '../addresses.ts';

/** A port of the host that leads into the guest. */
export interface PortForward {
  protocol: 'tcp' | 'udp';
  /** Of the host: `127.0.0.1`, or another of its addresses. */
  hostAddress: string;
  /** 0: any that is free. */
  hostPort: number;
  guestAddress: Ipv4;
  guestPort: number;
}

/** The network that a guest sees: itself, a gateway that is the host, and a name server. The defaults are those of QEMU's user mode. */
export interface UserNetworkConfig {
  network: Ipv4;
  mask: Ipv4;
  gateway: Ipv4;
  nameServer: Ipv4;
  /** The first address that DHCP gives out. */
  firstLease: Ipv4;
  /** The guest reaches nothing of the host, and forwarded ports reach the guest. */
  restricted: boolean;
  forwards: PortForward[];
}

export function defaultUserNetwork(): UserNetworkConfig {
  return {
    ...{ network: ipv4(10, 0, 2, 0), mask: ipv4(255, 255, 255, 0) },
    ...{ gateway: ipv4(10, 0, 2, 2), nameServer: ipv4(10, 0, 2, 3), firstLease: ipv4(10, 0, 2, 15) },
    ...{ restricted: false, forwards: [] },
  };
}
