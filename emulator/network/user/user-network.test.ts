import { describe, expect, test } from 'vitest';
import { ipv4 } from '../addresses.ts';
import { buildArp, parseArp } from '../packets/arp.ts';
import { etherTypes, parseEthernet } from '../packets/ethernet.ts';
import { buildEcho, parseEcho } from '../packets/icmp.ts';
import { fragments, protocols } from '../packets/ipv4.ts';
import { buildUdp } from '../packets/udp.ts';
import { frameOf, gateway, gatewayMac, guest, guestMac, TestGuest } from './test-guest.ts';

const nameServer = ipv4(10, 0, 2, 3);
const elsewhere = ipv4(192, 0, 2, 7);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (word: string) => new TextEncoder().encode(word);

describe('ARP', () => {
  test.each([
    [gateway, true],
    [nameServer, true],
    [ipv4(10, 0, 2, 4), false],
    [guest, false],
  ])('who has %i', (target, known) => {
    const test = new TestGuest();
    const request = { operation: 'request', senderMac: guestMac, sender: guest, targetMac: 0, target } as const;
    test.network.receive(frameOf(buildArp(request), etherTypes.arp, 0xffff_ffff_ffff));
    const answers = test.frames.map((frame) => parseArp(parseEthernet(frame)!.payload));
    const senderMac = gatewayMac - gateway + target;
    const answer = { operation: 'reply', senderMac, sender: target, targetMac: guestMac, target: guest };
    expect(answers).toEqual(known ? [answer] : []);
  });

  test('asks for a guest that it has not seen, and sends what waited', () => {
    const forwards = [{ protocol: 'udp', hostAddress: '127.0.0.1', hostPort: 9, guestAddress: guest, guestPort: 7 } as const];
    const test = new TestGuest({ forwards });
    test.network.take({ type: 'datagram', id: -1, forward: 0, bytes: bytesOf('hi') });
    const [question] = test.frames.splice(0).map((frame) => parseArp(parseEthernet(frame)!.payload));
    expect(question).toMatchObject({ operation: 'request', target: guest, sender: gateway });
    const reply = { operation: 'reply', senderMac: guestMac, sender: guest, targetMac: gatewayMac, target: gateway } as const;
    test.network.receive(frameOf(buildArp(reply), etherTypes.arp));
    expect(test.takeUdp().map(({ payload, destinationPort }) => [text(payload), destinationPort])).toEqual([['hi', 7]]);
  });
});

describe('DHCP', () => {
  /** What a client sends, with its options. */
  function request(...options: number[]): Uint8Array {
    const bytes = new Uint8Array(240 + options.length + 1);
    bytes.set([1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef]);
    bytes.set([0x52, 0x54, 0, 0x12, 0x34, 0x56], 28);
    bytes.set([0x63, 0x82, 0x53, 0x63, ...options, 255], 236);
    return bytes;
  }
  function ask(test: TestGuest, ...options: number[]) {
    const [source, destination] = [0, 0xffff_ffff];
    const payload = buildUdp(source, destination, { sourcePort: 68, destinationPort: 67, payload: request(...options) });
    test.sendIp({ source, destination, protocol: protocols.udp, payload });
    return test.takeUdp().map(({ payload, sourcePort, destinationPort }) => {
      expect([sourcePort, destinationPort]).toEqual([67, 68]);
      const options = new Map<number, string>();
      for (let at = 240; payload[at] !== 255; at += 2 + payload[at + 1]!) {
        options.set(payload[at]!, payload.subarray(at + 2, at + 2 + payload[at + 1]!).join('.'));
      }
      return { address: payload.subarray(16, 20).join('.'), options };
    });
  }

  test('offers and gives what QEMU gives', () => {
    const test = new TestGuest();
    const [offer] = ask(test, 53, 1, 1);
    expect(offer?.address).toBe('10.0.2.15');
    expect(Object.fromEntries(offer!.options)).toEqual({
      ...{ 53: '2', 54: '10.0.2.2', 1: '255.255.255.0', 3: '10.0.2.2', 6: '10.0.2.3' },
      51: '0.1.81.128',
    });
    const [given] = ask(test, 53, 1, 3, 50, 4, 10, 0, 2, 15, 54, 4, 10, 0, 2, 2);
    expect([given?.address, given?.options.get(53)]).toEqual(['10.0.2.15', '5']);
  });

  test('refuses another address, and is silent where another server was chosen', () => {
    const test = new TestGuest();
    expect(ask(test, 53, 1, 3, 50, 4, 10, 0, 2, 77).map(({ address, options }) => [address, options.get(53)])).toEqual([
      ['0.0.0.0', '6'],
    ]);
    expect(ask(test, 53, 1, 3, 50, 4, 10, 0, 2, 15, 54, 4, 10, 0, 2, 9)).toEqual([]);
  });
});

describe('echo', () => {
  const ping = (test: TestGuest, destination: number) =>
    test.sendIp({ destination, protocol: protocols.icmp, payload: buildEcho({ kind: 'request', rest: bytesOf('12345') }) });
  const answers = (test: TestGuest) =>
    test.takeIp(protocols.icmp).map(({ source, destination, payload }) => [source, destination, text(parseEcho(payload)!.rest)]);

  test('of the gateway and the name server, at once', () => {
    const test = new TestGuest().announce();
    ping(test, gateway);
    ping(test, nameServer);
    expect(answers(test)).toEqual([
      [gateway, guest, '12345'],
      [nameServer, guest, '12345'],
    ]);
    expect(test.network.pending).toBe(false);
  });

  test('of others by the host, when it answers', () => {
    const test = new TestGuest().announce();
    ping(test, elsewhere);
    expect(test.commands).toEqual([{ type: 'echo', id: 1, address: '192.0.2.7', bytes: 1 }]);
    expect([answers(test), test.network.pending]).toEqual([[], true]);
    test.network.take({ type: 'echoed', id: 1 });
    expect([answers(test), test.network.pending]).toEqual([[[elsewhere, guest, '12345']], false]);
    ping(test, elsewhere);
    test.network.take({ type: 'refused', id: 2 });
    expect([answers(test), test.network.pending]).toEqual([[], false]);
  });
});

describe('UDP', () => {
  const question = { sourcePort: 4000, destinationPort: 53, payload: bytesOf('who?') };

  test('a flow there and back; questions go to the resolver', () => {
    const test = new TestGuest().announce();
    test.sendUdp(nameServer, question);
    test.sendUdp(nameServer, question);
    expect(test.commands).toEqual([
      { type: 'datagram', id: 1, target: { address: 'resolver', port: 53 }, bytes: question.payload },
      { type: 'datagram', id: 1, bytes: question.payload },
    ]);
    expect(test.network.pending).toBe(true);
    test.network.take({ type: 'datagram', id: 1, bytes: bytesOf('me') });
    expect(test.takeUdp()).toEqual([{ sourcePort: 53, destinationPort: 4000, payload: bytesOf('me') }]);
    expect(test.network.pending).toBe(false);
  });

  test('an answer is not awaited for ever', () => {
    const test = new TestGuest().announce();
    test.sendUdp(elsewhere, question);
    test.clock.advance(6e9);
    expect(test.network.pending).toBe(false);
  });

  test('where nobody listens, ICMP says so', () => {
    const test = new TestGuest().announce();
    test.sendUdp(gateway, { ...question, destinationPort: 9 });
    expect(test.commands[0]).toMatchObject({ target: { address: 'loopback', port: 9 } });
    test.network.take({ type: 'refused', id: 1 });
    const [message] = test.takeIp(protocols.icmp);
    expect([...message!.payload.subarray(0, 2)]).toEqual([3, 3]);
    expect(test.commands.at(-1)).toEqual({ type: 'close', id: 1 });
  });

  test('fragments in any order make one datagram, and a long answer becomes fragments', () => {
    const test = new TestGuest().announce();
    const payload = new Uint8Array(4000).map((_, n) => n);
    const whole = buildUdp(guest, elsewhere, { ...question, payload });
    const parts = fragments({ source: guest, destination: elsewhere, protocol: protocols.udp, id: 9, payload: whole }, 1500);
    for (const part of parts.toReversed()) test.sendIp(part);
    expect(test.commands).toMatchObject([{ type: 'datagram', bytes: payload }]);
    test.network.take({ type: 'datagram', id: 1, bytes: payload });
    expect(test.takeIp(protocols.udp).map(({ payload: part }) => part.length)).toEqual([1480, 1480, 1048]);
  });

  test('overlapping fragments are thrown away', () => {
    const test = new TestGuest().announce();
    const part = (fragmentOffset: number, length: number, moreFragments: boolean) =>
      test.sendIp({ protocol: protocols.udp, id: 3, fragmentOffset, moreFragments, payload: new Uint8Array(length) });
    part(0, 16, true);
    part(8, 16, true);
    part(16, 8, false);
    expect(test.commands).toEqual([]);
  });

  test('old flows make way for new ones', () => {
    const test = new TestGuest().announce();
    for (let port = 1; port <= 300; port++) test.sendUdp(elsewhere, { ...question, sourcePort: port });
    const closed = test.commands.filter(({ type }) => type === 'close').map(({ id }) => id);
    expect(closed).toEqual(Array.from({ length: 44 }, (_, n) => n + 1));
  });
});

test('a restricted guest reaches nothing of the host', () => {
  const test = new TestGuest({ restricted: true }).announce();
  for (const target of [gateway, nameServer, elsewhere]) {
    test.sendUdp(target, { sourcePort: 1, destinationPort: 53, payload: bytesOf('x') });
    test.sendTcp(target, { flags: 2 });
  }
  expect(test.commands).toEqual([]);
  expect(test.takeTcp().map(({ flags }) => flags)).toEqual([20, 20, 20]);
});

test.each([ipv4(127, 0, 0, 1), ipv4(224, 0, 0, 1), ipv4(10, 0, 2, 99), ipv4(0, 0, 0, 0), 0xffff_ffff])(
  'nothing goes to %i',
  (destination) => {
    const test = new TestGuest().announce();
    test.sendUdp(destination, { sourcePort: 1, destinationPort: 2, payload: bytesOf('x') });
    expect(test.commands).toEqual([]);
  },
);
