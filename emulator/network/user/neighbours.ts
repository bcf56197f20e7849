import { BROADCAST_IPV4, BROADCAST_MAC, isGroupMac, type Ipv4, type Mac } from '../addresses.ts';
import { buildArp, parseArp } from '../packets/arp.ts';
import { buildEthernet, etherTypes } from '../packets/ethernet.ts';
import type { UserNetworkConfig } from './config.ts';

/** Addresses that are remembered, and packets that wait for one. */
const MAX_KNOWN = 64;
const MAX_WAITING = 64;

/** Who has which address on the guest's side, and that the gateway and the name server are here (RFC 826). */
export class Neighbours {
  private readonly config: UserNetworkConfig;
  private readonly send: (frame: Uint8Array) => void;
  private readonly known = new Map<Ipv4, Mac>();
  private readonly waiting: { to: Ipv4; packet: Uint8Array }[] = [];

  constructor(config: UserNetworkConfig, send: (frame: Uint8Array) => void) {
    this.config = config;
    this.send = send;
  }

  /** Whether frames for that address are for us. */
  isFor(mac: Mac): boolean {
    return isGroupMac(mac) || mac === macOf(this.config.gateway) || mac === macOf(this.config.nameServer);
  }

  receiveArp(bytes: Uint8Array): void {
    const packet = parseArp(bytes);
    if (!packet) return;
    const { operation, sender, senderMac, target } = packet;
    this.learn(sender, senderMac);
    if (operation !== 'request' || !this.isOurs(target)) return;
    const mac = macOf(target);
    const reply = buildArp({ operation: 'reply', senderMac: mac, sender: target, targetMac: senderMac, target: sender });
    this.frame(senderMac, etherTypes.arp, reply, mac);
  }

  /** Somebody was seen to have that address. Only those of this network count. */
  learn(address: Ipv4, mac: Mac): void {
    const { network, mask } = this.config;
    if ((address & mask) >>> 0 !== network || this.isOurs(address) || isGroupMac(mac)) return;
    const isNew = this.known.get(address) !== mac;
    if (!isNew) return;
    if (this.known.size >= MAX_KNOWN) this.known.delete(this.known.keys().next().value as Ipv4);
    this.known.set(address, mac);
    const ready = this.waiting.filter(({ to }) => to === address);
    if (ready.length === 0) return;
    const others = this.waiting.filter(({ to }) => to !== address);
    this.waiting.splice(0, Infinity, ...others);
    for (const { packet } of ready) this.frame(mac, etherTypes.ipv4, packet);
  }

  /** Sends an IPv4 packet to somebody, at once or when it is known where that is. */
  deliver(to: Ipv4, packet: Uint8Array): void {
    if (to === BROADCAST_IPV4) return this.frame(BROADCAST_MAC, etherTypes.ipv4, packet);
    const mac = this.known.get(to);
    if (mac !== undefined) return this.frame(mac, etherTypes.ipv4, packet);
    if (this.waiting.length >= MAX_WAITING) this.waiting.shift();
    this.waiting.push({ to, packet });
    const question = buildArp({
      ...{ operation: 'request', senderMac: macOf(this.config.gateway), sender: this.config.gateway },
      ...{ targetMac: 0, target: to },
    });
    this.frame(BROADCAST_MAC, etherTypes.arp, question);
  }

  private isOurs(address: Ipv4): boolean {
    return address === this.config.gateway || address === this.config.nameServer;
  }

  private frame(destination: Mac, etherType: number, payload: Uint8Array, source = macOf(this.config.gateway)): void {
    this.send(buildEthernet({ destination, source, etherType, payload }));
  }
}

/** Our own, as QEMU's user mode has them: 52:55 and the address. */
const macOf = (address: Ipv4): Mac => 0x5255 * 2 ** 32 + address;
