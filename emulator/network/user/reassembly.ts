import { IPV4_HEADER, MAX_IPV4, type Ipv4Packet } from '../packets/ipv4.ts';

interface Partial {
  readonly sinceNs: number;
  /** By offset. */
  readonly parts: Map<number, Uint8Array>;
  held: number;
  /** Of the whole payload, when the last fragment is here. */
  total: number | undefined;
}

const MAX_PARTIALS = 16;
/** RFC 791 §3.2. */
const TIMEOUT_NS = 15e9;

/** Puts fragments together (RFC 791 §3.2). Whoever sends overlapping ones gets nothing through: they are made for attacks only (RFC 5722). */
export class Reassembly {
  private readonly partials = new Map<string, Partial>();

  /** Answers the whole packet when this one completes it. */
  take(packet: Ipv4Packet, nowNs: number): Ipv4Packet | undefined {
    const { fragmentOffset: offset, moreFragments, payload } = packet;
    if (offset === 0 && !moreFragments) return packet;
    const key = `${packet.source} ${packet.destination} ${packet.protocol} ${packet.id}`;
    const end = offset + payload.length;
    const isSound = payload.length > 0 && end <= MAX_IPV4 - IPV4_HEADER && !(moreFragments && payload.length % 8 !== 0);
    const partial = this.find(key, nowNs);
    if (!isSound || overlaps(partial, offset, end) || (!moreFragments && partial.total !== undefined)) {
      this.partials.delete(key);
      return undefined;
    }
    partial.parts.set(offset, payload.slice());
    partial.held += payload.length;
    if (!moreFragments) partial.total = end;
    if (partial.held !== partial.total) return undefined;
    this.partials.delete(key);
    const whole = new Uint8Array(partial.total);
    for (const [at, part] of partial.parts) whole.set(part, at);
    return { ...packet, fragmentOffset: 0, moreFragments: false, payload: whole };
  }

  private find(key: string, nowNs: number): Partial {
    for (const [other, { sinceNs }] of this.partials) if (nowNs - sinceNs > TIMEOUT_NS) this.partials.delete(other);
    const known = this.partials.get(key);
    if (known) return known;
    if (this.partials.size >= MAX_PARTIALS) this.partials.delete(this.partials.keys().next().value as string);
    const made: Partial = { sinceNs: nowNs, parts: new Map(), held: 0, total: undefined };
    this.partials.set(key, made);
    return made;
  }
}

function overlaps({ parts, total }: Partial, offset: number, end: number): boolean {
  if (total !== undefined && end > total) return true;
  for (const [at, { length }] of parts) if (at < end && offset < at + length) return true;
  return false;
}
