import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipv4 } from '../addresses.ts';
import { buildArp, parseArp } from './arp.ts';
import { checksum } from './checksum.ts';
import { buildDhcpReply, parseDhcp } from './dhcp.ts';
import { buildEthernet, parseEthernet } from './ethernet.ts';
import { buildEcho, buildUnreachable, parseEcho } from './icmp.ts';
import { buildIpv4Packet, fragments, parseIpv4Packet } from './ipv4.ts';
import { buildTcp, distance, parseTcp } from './tcp.ts';
import { buildUdp, parseUdp } from './udp.ts';

const hex = (text: string) =>
  Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
const u16 = fc.nat(0xffff);
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const [here, there] = [ipv4(10, 0, 2, 2), ipv4(10, 0, 2, 15)];

describe('checksums', () => {
  test('headers whose sums are known', () => {
    expect(checksum(hex('4500 003c 1c46 4000 4006 b1e6 ac10 0a63 ac10 0a0c'))).toBe(0);
    expect(checksum(hex('4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7'))).toBe(0xb861);
    expect(checksum(Uint8Array.of(0x12, 0x34, 0x56)), 'an odd number of bytes').toBe(0xffff - 0x1234 - 0x5600);
  });

  test('a bit that is turned over is found', () => {
    const packet = { source: here, destination: there, protocol: 17, id: 7, fragmentOffset: 0, moreFragments: false };
    const segment = { sourcePort: 1, destinationPort: 2, sequence: 3, acknowledgment: 4, flags: 16, window: 5 };
    fc.assert(
      fc.property(bytes(64), fc.nat(), fc.nat(7), (payload, at, bit) => {
        const spoil = (whole: Uint8Array, length = whole.length) => {
          whole[at % length]! ^= 1 << bit;
          return whole;
        };
        expect(parseIpv4Packet(spoil(buildIpv4Packet({ ...packet, payload }), 20))).toBeUndefined();
        expect(parseTcp(here, there, spoil(buildTcp(here, there, { ...segment, payload })))).toBeUndefined();
        expect(parseEcho(spoil(buildEcho({ kind: 'request', rest: Uint8Array.of(0, 1, 0, 2, ...payload) })))).toBeUndefined();
      }),
    );
  });
});

describe('what is built is read again', () => {
  test('Ethernet and ARP', () => {
    const arp = { operation: 'request', senderMac: 0x5254_0012_3456, sender: there, targetMac: 0, target: here } as const;
    const frame = buildEthernet({
      destination: 0xffff_ffff_ffff,
      source: arp.senderMac,
      etherType: 0x806,
      payload: buildArp(arp),
    });
    expect([...frame]).toEqual([
      ...hex('ffffffffffff 525400123456 0806 0001 0800 06 04 0001 525400123456 0a00020f 000000000000 0a000202'),
    ]);
    expect(parseArp(parseEthernet(frame)!.payload)).toEqual(arp);
  });

  test('IPv4, whole and in fragments', () => {
    fc.assert(
      fc.property(u32, u32, u16, bytes(5000), (source, destination, id, payload) => {
        const parts = fragments({ source, destination, protocol: 17, id, payload }, 1500).map((part) => {
          const built = buildIpv4Packet(part);
          expect(built.length).toBeLessThanOrEqual(1500);
          // Padding of a short frame is cut off.
          return parseIpv4Packet(Uint8Array.of(...built, 0, 0, 0))!;
        });
        const whole = new Uint8Array(payload.length);
        for (const { fragmentOffset, payload: part } of parts) whole.set(part, fragmentOffset);
        expect(whole).toEqual(payload);
        expect(parts.map(({ moreFragments }) => moreFragments)).toEqual(parts.map((_, n) => n < parts.length - 1));
      }),
      { numRuns: 50 },
    );
  });

  test('UDP, TCP with its options, echoes', () => {
    const shift = fc.option(fc.nat(14), { nil: undefined });
    fc.assert(
      fc.property(
        u16,
        u16,
        u32,
        u32,
        bytes(100),
        shift,
        (sourcePort, destinationPort, sequence, acknowledgment, payload, windowShift) => {
          const ports = { sourcePort, destinationPort };
          expect(parseUdp(here, there, buildUdp(here, there, { ...ports, payload }))).toEqual({ ...ports, payload });
          const maxSegment = windowShift === undefined ? undefined : 1460;
          const segment = { ...ports, sequence, acknowledgment, flags: 18, window: 99, payload };
          const built = buildTcp(here, there, { ...segment, maxSegment, windowShift });
          expect(parseTcp(here, there, built)).toEqual(
            windowShift === undefined ? segment : { ...segment, maxSegment, windowShift },
          );
          const rest = Uint8Array.of(1, 2, 3, 4, ...payload);
          expect(parseEcho(buildEcho({ kind: 'reply', rest }))).toEqual({ kind: 'reply', rest });
        },
      ),
    );
  });

  test('an echo request as Linux sends it', () => {
    const sent = hex('0800 1a2b 006a 0000 0001 0203 0405 0607');
    const sum = checksum(Uint8Array.of(...sent.subarray(0, 2), 0, 0, ...sent.subarray(4)));
    expect([...buildEcho({ kind: 'request', rest: sent.subarray(4) }).subarray(0, 4)]).toEqual([8, 0, sum >> 8, sum & 255]);
  });

  test('a refusal quotes what was refused', () => {
    const packet = buildIpv4Packet({
      ...{ source: there, destination: here, protocol: 17, id: 1, fragmentOffset: 0, moreFragments: false },
      payload: new Uint8Array(100).fill(7),
    });
    const message = buildUnreachable('port', packet);
    expect([message[0], message[1], message.length, checksum(message)]).toEqual([3, 3, 8 + 28, 0]);
    expect(message.subarray(8)).toEqual(packet.subarray(0, 28));
  });
});

test('sequence numbers go around', () => {
  expect([distance(5, 0xffff_fffe), distance(0xffff_fffe, 5), distance(7, 7)]).toEqual([7, -7, 0]);
});

test('whatever bytes come, they are read or refused', () => {
  const parsers = [
    parseEthernet,
    parseArp,
    parseIpv4Packet,
    parseEcho,
    parseDhcp,
    (input: Uint8Array) => parseUdp(here, there, input),
    (input: Uint8Array) => parseTcp(here, there, input),
  ];
  fc.assert(
    fc.property(bytes(400), (input) => parsers.forEach((parse) => void parse(input))),
    { numRuns: 2000 },
  );
});

test('DHCP: options that run over the end are refused', () => {
  const request = { transaction: 0xabcd_ef01, flags: 0, clientAddress: 0, client: 0x5254_0012_3456 };
  const reply = buildDhcpReply({ type: 2, request, address: there, server: here, words: [[54, here]] });
  // The same layout, as a request.
  reply[0] = 1;
  expect(parseDhcp(reply)).toEqual({ ...request, type: 2, server: here });
  expect(parseDhcp(reply.subarray(0, 245))).toBeUndefined();
  expect(parseDhcp(reply.subarray(0, 239))).toBeUndefined();
});
