import { formatIpv4, type Ipv4 } from '../addresses.ts';
import { buildEcho, buildUnreachable, ECHO_FIELDS, parseEcho } from '../packets/icmp.ts';
import { protocols, type Ipv4Packet } from '../packets/ipv4.ts';
import type { SocketEvent } from './sockets.ts';
import type { Stack } from './stack.ts';

interface Waiting {
  readonly from: Ipv4;
  readonly to: Ipv4;
  readonly rest: Uint8Array;
  readonly sinceNs: number;
}

/** Echoes of other hosts that are awaited at a time, and for how long. */
const MAX_WAITING = 16;
const PATIENCE_NS = 10e9;

/** Answers echo requests (RFC 792): itself for the gateway and the name server, by the host for all others. */
export class Echo {
  private readonly stack: Stack;
  private readonly waiting = new Map<number, Waiting>();

  constructor(stack: Stack) {
    this.stack = stack;
  }

  receive({ source, destination, payload }: Ipv4Packet): void {
    const echo = parseEcho(payload);
    if (echo?.kind !== 'request') return;
    const { gateway, nameServer } = this.stack.config;
    if (destination === gateway || destination === nameServer) return this.reply(source, destination, echo.rest);
    this.forget();
    if (!this.stack.targetOf(destination, 0) || this.waiting.size >= MAX_WAITING) return;
    const id = this.stack.newId();
    this.waiting.set(id, { from: source, to: destination, rest: echo.rest.slice(), sinceNs: this.stack.clock.nowNs() });
    this.stack.sockets({ type: 'echo', id, address: formatIpv4(destination), bytes: echo.rest.length - ECHO_FIELDS });
  }

  take(event: SocketEvent): void {
    const found = this.waiting.get(event.id);
    if (!found) return;
    this.waiting.delete(event.id);
    if (event.type === 'echoed') this.reply(found.from, found.to, found.rest);
  }

  has(id: number): boolean {
    return this.waiting.has(id);
  }

  /** Whether an answer of the host is awaited. */
  get pending(): boolean {
    this.forget();
    return this.waiting.size > 0;
  }

  private reply(to: Ipv4, from: Ipv4, rest: Uint8Array): void {
    this.stack.send(from, to, protocols.icmp, buildEcho({ kind: 'reply', rest }));
  }

  private forget(): void {
    const now = this.stack.clock.nowNs();
    for (const [id, { sinceNs }] of this.waiting) if (now - sinceNs > PATIENCE_NS) this.waiting.delete(id);
  }
}

/** Tells who sent `packet` that it could not go on. */
export function refuse(stack: Stack, why: Parameters<typeof buildUnreachable>[0], to: Ipv4, packet: Uint8Array): void {
  stack.send(stack.config.gateway, to, protocols.icmp, buildUnreachable(why, packet));
}
