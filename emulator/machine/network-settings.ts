/** What whoever describes a machine's network needs: addresses, defaults, and how much may be under way. */
export { formatIpv4, formatMac, isGroupMac, parseIpv4, parseMac, type Ipv4, type Mac } from '../network/addresses.ts';
export { FIRST_MAC, type NicConfig } from '../network/config.ts';
export type { LinkConfig } from '../network/switch/link.ts';
export { defaultUserNetwork, type PortForward, type UserNetworkConfig } from '../network/user/config.ts';
export { HOST_CREDIT, type HostTarget, type SocketCommand, type SocketEvent } from '../network/user/sockets.ts';
