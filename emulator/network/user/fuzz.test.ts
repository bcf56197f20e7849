/** Whatever a guest sends, and whatever order the host's sockets answer in: nothing is thrown, and what goes to the guest is sound. */
import { expect, test } from 'vitest';
import { full } from '../../../tests/support/packages.ts';
import { createRandom } from '../../base/random.ts';
import { parseArp } from '../packets/arp.ts';
import { buildEthernet, etherTypes, MTU, parseEthernet } from '../packets/ethernet.ts';
import { buildEcho } from '../packets/icmp.ts';
import { buildIpv4Packet, parseIpv4Packet, protocols } from '../packets/ipv4.ts';
import { buildTcp, parseTcp } from '../packets/tcp.ts';
import { buildUdp } from '../packets/udp.ts';
import type { SocketEvent } from './sockets.ts';
import { gateway, gatewayMac, guest, guestMac, TestGuest } from './test-guest.ts';

const FRAMES = full ? 100_000 : 20_000;
const FLAGS = [2, 16, 17, 18, 20, 4, 24, 25, 0, 63];

function hostileGuest(seed: number) {
  const random = createRandom(seed, 'frames');
  const noise = random.bytes(10_000);
  const bytes = (count: number) => noise.subarray(random.next() % 1000).subarray(0, count);
  const upTo = (count: number) => random.next() % count;
  const pick = <T>(list: readonly T[]) => list[upTo(list.length)] as T;
  const test = new TestGuest({
    forwards: [{ protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 1, guestAddress: guest, guestPort: 80 }],
  });
  /** Sequence numbers that the network used: to come near them. */
  let near = 0;

  function transport(source: number, destination: number): [protocol: number, payload: Uint8Array] {
    const payload = bytes(pick([0, 1, 7, 300, 1400]));
    const ports = { sourcePort: 1 + upTo(4), destinationPort: pick([53, 67, 68, 80, 0]) };
    switch (upTo(4)) {
      case 0:
        return [protocols.icmp, buildEcho({ kind: pick(['request', 'reply']), rest: random.bytes(4 + upTo(40)) })];
      case 1: {
        const request = Uint8Array.from({ length: 243 + upTo(60) }, (_, at) =>
          at === 0 || at === 1 ? 1 : at === 2 ? 6 : upTo(256),
        );
        request.set([0x63, 0x82, 0x53, 0x63, 53, 1, upTo(9)], 236);
        return [protocols.udp, buildUdp(source, destination, { ...ports, payload: pick([payload, request]) })];
      }
      default: {
        const numbers = { sequence: pick([0, 1000 + upTo(4), random.next()]), acknowledgment: near + pick([0, 1, -1, 100]) };
        const options = { maxSegment: pick([undefined, 0, 1, 1460, 65_535]), windowShift: pick([undefined, 0, 14]) };
        const segment = { ...ports, ...numbers, ...options, flags: pick(FLAGS), window: pick([0, 1, 65_535]), payload };
        return [protocols.tcp, buildTcp(source, destination, segment)];
      }
    }
  }

  function frame(): Uint8Array {
    if (upTo(20) === 0) return bytes(upTo(1600));
    const source = pick([guest, guest, guest, gateway, random.next()]);
    const destination = pick([gateway, gateway, gateway + 1, 0xffff_ffff, random.next()]);
    const [protocol, payload] = transport(source, destination);
    const fragmented = upTo(10) === 0;
    const packet = buildIpv4Packet({
      ...{ source, destination, protocol, id: upTo(8), payload: payload.subarray(0, MTU - 20) },
      ...{ fragmentOffset: fragmented ? 8 * upTo(8192) : 0, moreFragments: fragmented && upTo(2) === 0 },
    });
    const whole = buildEthernet({
      ...{
        destination: pick([gatewayMac, gatewayMac, 0xffff_ffff_ffff, random.next()]),
        source: pick([guestMac, random.next()]),
      },
      ...{ etherType: pick([etherTypes.ipv4, etherTypes.ipv4, etherTypes.arp, 0x86dd]), payload: packet },
    });
    // Some are cut off, some have a bit turned over.
    if (upTo(10) === 0) whole[upTo(whole.length)]! ^= 1 << upTo(8);
    return upTo(20) === 0 ? whole.subarray(0, upTo(whole.length)) : whole;
  }

  function event(): SocketEvent {
    const id = upTo(40) - 4;
    switch (upTo(8)) {
      case 0:
        return { type: 'accepted', id: -1 - upTo(1000), forward: upTo(2) };
      case 1:
        return { type: 'data', id, bytes: bytes(upTo(5000)) };
      case 2:
        return { type: 'datagram', id, bytes: bytes(upTo(5000)), ...(upTo(2) ? { forward: 0 } : {}) };
      case 3:
        return { type: 'written', id, bytes: upTo(5000) };
      default:
        return { type: pick(['opened', 'refused', 'end', 'reset', 'echoed']), id };
    }
  }

  function isSound(sent: Uint8Array): boolean {
    const ethernet = parseEthernet(sent);
    if (ethernet?.source !== gatewayMac && ethernet?.source !== gatewayMac + 1) return false;
    if (ethernet.etherType === etherTypes.arp) return parseArp(ethernet.payload) !== undefined;
    const packet = parseIpv4Packet(ethernet.payload);
    if (packet?.protocol !== protocols.tcp) return packet !== undefined;
    const segment = parseTcp(packet.source, packet.destination, packet.payload);
    if (segment) near = segment.sequence + segment.payload.length;
    return segment !== undefined;
  }

  /** What came out has to be what a card would take and a stack would read. */
  function takeUnsound(): Uint8Array[] {
    test.commands.length = 0;
    return test.frames.splice(0).filter((sent) => !isSound(sent));
  }
  return { test, upTo, frame, event, takeUnsound };
}

test('hostile frames', () => {
  const { test, upTo, frame, event, takeUnsound } = hostileGuest(1);
  let sent = 0;
  for (let n = 0; n < FRAMES; n++) {
    test.network.receive(frame());
    if (upTo(3) === 0) test.network.take(event());
    if (upTo(50) === 0) test.clock.advance(upTo(4) * 1e8);
    sent += test.frames.length;
    const unsound = takeUnsound();
    if (unsound.length > 0) expect.fail(`frame ${n} made ${unsound.length} unsound ones come out`);
  }
  expect(sent).toBeGreaterThan(FRAMES / 10);
}, 120_000);
