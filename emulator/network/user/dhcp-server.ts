import { BROADCAST_IPV4, type Ipv4, type Mac } from '../addresses.ts';
import { buildDhcpReply, dhcpTypes, parseDhcp, type DhcpRequest } from '../packets/dhcp.ts';
import { protocols } from '../packets/ipv4.ts';
import { buildUdp } from '../packets/udp.ts';
import type { Stack } from './stack.ts';

export const DHCP_SERVER_PORT = 67;
const CLIENT_PORT = 68;
const [SUBNET_MASK, ROUTER, NAME_SERVER, LEASE_SECONDS, SERVER] = [1, 3, 6, 51, 54];
const DAY_SECONDS = 86_400;
/** As many leases as QEMU's user mode has. */
const LEASES = 16;

/** Gives out addresses, each client the same for ever (RFC 2131). Offers are broadcast: a client without an address has no other. */
export class DhcpServer {
  private readonly stack: Stack;
  private readonly leases = new Map<Mac, Ipv4>();

  constructor(stack: Stack) {
    this.stack = stack;
  }

  receive(bytes: Uint8Array): void {
    const request = parseDhcp(bytes);
    if (!request) return;
    const { gateway } = this.stack.config;
    switch (request.type) {
      // BOOTP has no types.
      case undefined:
        return this.answer(request, undefined, this.leaseOf(request.client));
      case dhcpTypes.DISCOVER:
        return this.answer(request, dhcpTypes.OFFER, this.leaseOf(request.client));
      case dhcpTypes.REQUEST: {
        // It chose another server.
        if (request.server !== undefined && request.server !== gateway) return;
        const wanted = request.requestedAddress ?? request.clientAddress;
        const lease = this.leaseOf(request.client);
        return wanted === lease ? this.answer(request, dhcpTypes.ACK, lease) : this.answer(request, dhcpTypes.NAK, 0);
      }
      case dhcpTypes.INFORM:
        return this.answer(request, dhcpTypes.ACK, 0);
      case dhcpTypes.DECLINE:
      case dhcpTypes.RELEASE:
        return void this.leases.delete(request.client);
    }
  }

  private leaseOf(client: Mac): Ipv4 | undefined {
    const known = this.leases.get(client);
    if (known !== undefined) return known;
    const { firstLease, gateway, nameServer } = this.stack.config;
    const taken = new Set([...this.leases.values(), gateway, nameServer]);
    const free = Array.from({ length: LEASES }, (_, n) => firstLease + n).find((address) => !taken.has(address));
    if (free !== undefined) this.leases.set(client, free);
    return free;
  }

  private answer(request: DhcpRequest, type: number | undefined, address: Ipv4 | undefined): void {
    // Every address is given out.
    if (address === undefined) return;
    const { gateway, mask, nameServer } = this.stack.config;
    const settings = [
      [SUBNET_MASK, mask],
      [ROUTER, gateway],
      [NAME_SERVER, nameServer],
    ] as const;
    const lease = address === 0 ? [] : ([[LEASE_SECONDS, DAY_SECONDS]] as const);
    const words = type === dhcpTypes.NAK ? [] : [...settings, ...lease];
    const reply = buildDhcpReply({ ...{ type, request, address, server: gateway }, words: [[SERVER, gateway], ...words] });
    const datagram = buildUdp(gateway, BROADCAST_IPV4, {
      ...{ sourcePort: DHCP_SERVER_PORT, destinationPort: CLIENT_PORT },
      payload: reply,
    });
    this.stack.send(gateway, BROADCAST_IPV4, protocols.udp, datagram);
  }
}
