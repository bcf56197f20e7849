import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestClock } from '../../../devices/test-clock.ts';
import { createRandom } from '../../../base/random.ts';
import { ipv4 } from '../../addresses.ts';
import { advance, tcpFlags, type TcpSegment } from '../../packets/tcp.ts';
import { Link } from '../../switch/link.ts';
import { HOST_CREDIT, type SocketCommand } from '../sockets.ts';
import { gateway, guest, TestGuest } from '../test-guest.ts';
import { TcpConnection } from './connection.ts';

const { FIN, SYN, RST, PSH, ACK } = tcpFlags;
const server = ipv4(192, 0, 2, 7);
const bytes = (length: number, first = 0) => new Uint8Array(length).map((_, n) => first + n);

/** A guest with a connection that is there. `send` and `next` know its sequence numbers. */
function connected({ windowShift = undefined as number | undefined, window = 65_535 } = {}) {
  const test = new TestGuest().announce();
  test.sendTcp(server, { flags: SYN, sequence: 1000, maxSegment: 1460, windowShift, window });
  expect(test.commands.splice(0)).toEqual([{ type: 'connect', id: 1, target: { address: '192.0.2.7', port: 80 } }]);
  expect(test.takeTcp()).toEqual([]);
  test.network.take({ type: 'opened', id: 1 });
  const [answer] = test.takeTcp();
  expect(answer).toMatchObject({ flags: SYN | ACK, acknowledgment: 1001, maxSegment: 1460 });
  expect(answer?.windowShift, 'offered where the guest offers it').toBe(windowShift && 3);
  const state = { next: 1001, acknowledgment: advance(answer!.sequence, 1) };
  const send = (segment: Partial<TcpSegment> = {}) => {
    const { next: sequence, acknowledgment } = state;
    test.sendTcp(server, { flags: ACK, sequence, acknowledgment, window, ...segment });
    return test.takeTcp();
  };
  expect(send()).toEqual([]);
  return { test, state, send, network: test.network, commands: test.commands };
}

describe('a connection of the guest', () => {
  test('is refused where the host is refused', () => {
    const test = new TestGuest().announce();
    test.sendTcp(server, { flags: SYN, sequence: 1000 });
    test.network.take({ type: 'refused', id: 1 });
    expect(test.takeTcp()).toMatchObject([{ flags: RST | ACK, acknowledgment: 1001 }]);
    expect(test.network.pending).toBe(false);
  });

  test('a segment of none is answered by a reset', () => {
    const test = new TestGuest().announce();
    test.sendTcp(server, { flags: ACK, sequence: 5, acknowledgment: 77 });
    test.sendTcp(server, { flags: FIN, sequence: 5, payload: bytes(3) });
    test.sendTcp(server, { flags: RST, sequence: 5 });
    expect(test.takeTcp()).toMatchObject([
      { flags: RST, sequence: 77 },
      { flags: RST | ACK, acknowledgment: 9 },
    ]);
  });

  test('carries bytes in both directions', () => {
    const { state, send, network, commands, test } = connected();
    expect(send({ payload: bytes(10) })).toMatchObject([{ flags: ACK, acknowledgment: 1011 }]);
    expect(commands.splice(0)).toEqual([{ type: 'data', id: 1, bytes: bytes(10) }]);
    state.next += 10;
    network.take({ type: 'data', id: 1, bytes: bytes(2000) });
    const segments = test.takeTcp();
    expect(segments.map(({ payload, flags }) => [payload.length, flags])).toEqual(
      [
        [1460, ACK],
        [540, ACK | PSH],
      ].slice(0, segments.length),
    );
    state.acknowledgment = advance(state.acknowledgment, 1460);
    const more = send();
    const all = [...segments, ...more].flatMap(({ payload }) => [...payload]);
    expect(Uint8Array.from(all)).toEqual(bytes(2000));
    state.acknowledgment = advance(state.acknowledgment, 540);
    send();
    expect(commands).toEqual([1460, 540].map((count) => ({ type: 'credit', id: 1, bytes: count })));
  });

  test('ends on the side of the guest first, and the host goes on', () => {
    const { state, send, network, commands, test } = connected();
    expect(send({ flags: FIN | ACK, payload: bytes(4) })).toMatchObject([{ flags: ACK, acknowledgment: 1006 }]);
    expect(commands.splice(0).map(({ type }) => type)).toEqual(['data', 'end']);
    state.next += 5;
    network.take({ type: 'data', id: 1, bytes: bytes(7) });
    expect(test.takeTcp()).toMatchObject([{ payload: bytes(7) }]);
    network.take({ type: 'end', id: 1 });
    state.acknowledgment = advance(state.acknowledgment, 7);
    const [end] = [...test.takeTcp(), ...send()];
    expect(end).toMatchObject({ flags: FIN | ACK, sequence: state.acknowledgment });
    state.acknowledgment = advance(state.acknowledgment, 1);
    send();
    expect(network.pending).toBe(false);
  });

  test('ends on the side of the host first, and the guest goes on', () => {
    const { state, send, network, commands, test } = connected();
    network.take({ type: 'end', id: 1 });
    expect(test.takeTcp()).toMatchObject([{ flags: FIN | ACK }]);
    state.acknowledgment = advance(state.acknowledgment, 1);
    send();
    send({ payload: bytes(9) });
    state.next += 9;
    expect(commands.splice(0)).toEqual([{ type: 'data', id: 1, bytes: bytes(9) }]);
    expect(send({ flags: FIN | ACK })).toMatchObject([{ flags: ACK, acknowledgment: 1011 }]);
    expect([commands, network.pending]).toEqual([[{ type: 'end', id: 1 }], false]);
  });

  test('is reset by the guest, exactly or not at all', () => {
    const { state, send, network, commands } = connected();
    expect(send({ flags: RST, sequence: state.next + 100 }), 'a challenge').toMatchObject([
      { flags: ACK, acknowledgment: state.next },
    ]);
    expect(send({ flags: RST, sequence: state.next - 100_000 })).toEqual([]);
    expect(send({ flags: SYN, sequence: state.next }), 'a challenge').toMatchObject([{ flags: ACK }]);
    expect(network.pending).toBe(true);
    send({ flags: RST });
    expect([commands, network.pending]).toEqual([[{ type: 'reset', id: 1 }], false]);
  });

  test('is reset by the host', () => {
    const { state, network, test } = connected();
    network.take({ type: 'reset', id: 1 });
    expect(test.takeTcp()).toMatchObject([{ flags: RST | ACK, sequence: state.acknowledgment, acknowledgment: state.next }]);
    expect(network.pending).toBe(false);
  });

  test('takes no more than its window, and opens it when the host has taken', () => {
    const { state, send, network, commands, test } = connected({ windowShift: 7 });
    let told = 0;
    for (let at = 0; at < 300 * 1024; at += 1400) {
      const [answer] = send({ payload: bytes(1400) });
      state.next = answer!.acknowledgment;
      told = answer!.window << 3;
    }
    const taken = commands.splice(0).reduce((sum, command) => sum + (command.type === 'data' ? command.bytes.length : 0), 0);
    expect([taken, told, state.next]).toEqual([256 * 1024, 0, 1001 + taken]);
    network.take({ type: 'written', id: 1, bytes: taken });
    expect(test.takeTcp()).toMatchObject([{ flags: ACK, window: (256 * 1024) >> 3 }]);
  });

  test('sends no more than the window of the guest, and a byte when that stays shut', () => {
    const { state, send, network, test } = connected({ window: 1000 });
    network.take({ type: 'data', id: 1, bytes: bytes(5000) });
    expect(test.takeTcp().map(({ payload }) => payload.length)).toEqual([1000]);
    state.acknowledgment = advance(state.acknowledgment, 1000);
    expect(send({ window: 0 })).toEqual([]);
    test.clock.advance(250e6);
    expect(test.takeTcp().map(({ payload }) => payload.length)).toEqual([1]);
    expect(send({ window: 3000 }).map(({ payload }) => payload.length)).toEqual([1460, 1460]);
  });

  test('a window may stay shut for long while the guest answers', () => {
    const { send, network, test } = connected({ window: 0 });
    network.take({ type: 'data', id: 1, bytes: bytes(5) });
    for (let i = 0; i < 30; i++) {
      test.clock.advance(60e9);
      expect(test.takeTcp().length).toBeGreaterThan(0);
      send();
    }
    expect(send({ window: 100 }).map(({ payload }) => payload)).toEqual([bytes(5)]);
  });

  test('repeats what is not confirmed, and gives up in the end', () => {
    const { network, commands, test } = connected();
    network.take({ type: 'data', id: 1, bytes: bytes(100) });
    test.takeTcp();
    test.clock.advance(250e6);
    expect(test.takeTcp()).toMatchObject([{ payload: bytes(100) }]);
    test.clock.advance(600e9);
    expect(test.takeTcp().at(-1)).toMatchObject({ flags: RST | ACK });
    expect([commands.at(-1), network.pending]).toEqual([{ type: 'reset', id: 1 }, false]);
  });

  test('a hole is not jumped over', () => {
    const { send, commands, state } = connected();
    expect(send({ sequence: state.next + 10, payload: bytes(5) })).toMatchObject([{ flags: ACK, acknowledgment: state.next }]);
    expect(commands).toEqual([]);
    // What is known already is not taken twice.
    send({ payload: bytes(10) });
    send({ sequence: state.next + 5, payload: bytes(10, 5) });
    expect(commands).toEqual([
      { type: 'data', id: 1, bytes: bytes(10) },
      { type: 'data', id: 1, bytes: bytes(5, 10) },
    ]);
  });
});

describe('a forwarded port', () => {
  const forwards = [{ protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 8080, guestAddress: guest, guestPort: 80 } as const];

  test('asks the guest, and resets the host where it says no', () => {
    const test = new TestGuest({ forwards }).announce();
    test.network.take({ type: 'accepted', id: -1, forward: 0 });
    const [syn] = test.takeTcp();
    expect(syn).toMatchObject({ flags: SYN, destinationPort: 80, maxSegment: 1460, windowShift: 3 });
    test.sendTcp(gateway, {
      ...{ flags: RST | ACK, acknowledgment: advance(syn!.sequence, 1) },
      ...{ sourcePort: 80, destinationPort: syn!.sourcePort },
    });
    expect(test.commands).toEqual([{ type: 'reset', id: -1 }]);
  });

  test('asks again while the guest starts', () => {
    const test = new TestGuest({ forwards }).announce();
    test.network.take({ type: 'accepted', id: -1, forward: 0 });
    test.clock.advance(10e9);
    expect(test.takeTcp().map(({ flags }) => flags)).toEqual([SYN, SYN, SYN, SYN]);
  });

  test('an unknown one is reset', () => {
    const test = new TestGuest({ forwards });
    test.network.take({ type: 'accepted', id: -1, forward: 7 });
    expect(test.commands).toEqual([{ type: 'reset', id: -1 }]);
  });
});

/** Two connections of ours back to back, over a wire that delays and loses; each host writes its bytes and ends. */
function backToBack(seed: number, loss: number, delayNs: number, sizes: readonly [number, number]) {
  const clock = new TestClock();
  const over = [false, false];
  const got: number[][] = [[], []];
  const ended = [false, false];
  const links = [0, 1].map((n) => new Link({ delayNs, loss, bitsPerSecond: 1e8 }, createRandom(seed, `wire ${n}`)));
  const sides = [0, 1].map(
    (n): TcpConnection =>
      new TcpConnection({
        ...{ id: n, clock },
        emit: (segment) => {
          const at = links[n]!.arrivalNs(54 + segment.payload.length, clock.nowNs());
          if (at !== undefined) clock.at(at, () => receive(1 - n, { ...segment, sourcePort: 1, destinationPort: 2 }));
        },
        sockets: (command: SocketCommand) => {
          if (command.type === 'data') {
            got[n]!.push(...command.bytes);
            // A host that is slow.
            const { length } = command.bytes;
            clock.at(clock.nowNs() + 50_000, () => sides[n]!.written(length));
          } else if (command.type === 'end') ended[n] = true;
          else if (command.type === 'credit') feed(n, command.bytes);
        },
        over: () => (over[n] = true),
      }),
  );
  const left = [...sizes];
  function feed(n: number, credit: number) {
    const count = Math.min(left[n]!, credit);
    const from = sizes[n]! - left[n]!;
    left[n]! -= count;
    if (count > 0) sides[n]!.hostData(new Uint8Array(count).map((_, i) => (from + i) * 7));
    if (count > 0 && left[n] === 0) sides[n]!.hostEnd();
  }
  let begun = false;
  function receive(n: number, segment: TcpSegment) {
    if (n === 1 && !begun) {
      begun = true;
      sides[1]!.awaitHost(segment);
      return sides[1]!.opened();
    }
    sides[n]!.receive(segment);
  }
  sides[0]!.askGuest();
  for (const n of [0, 1]) feed(n, HOST_CREDIT);
  for (let i = 0; i < 2000 && !(over[0] && over[1]); i++) clock.advance(100e6);
  return { got, ended, over };
}

test('all bytes arrive in order, whatever a wire loses', () => {
  const size = fc.integer({ min: 1, max: 100_000 });
  fc.assert(
    fc.property(
      fc.nat(),
      fc.constantFrom(0, 0.01, 0.1),
      fc.constantFrom(0, 1e6, 30e6),
      size,
      size,
      (seed, loss, delayNs, a, b) => {
        const { got, ended, over } = backToBack(seed, loss, delayNs, [a, b]);
        expect([got[0]!.length, got[1]!.length, ended]).toEqual([b, a, [true, true]]);
        const isRight = (byte: number, n: number) => byte === ((n * 7) & 0xff);
        expect(got.map((list) => list.every(isRight))).toEqual([true, true]);
        // The last confirmation may be lost on one side.
        expect(over.some(Boolean)).toBe(true);
      },
    ),
    { numRuns: 20 },
  );
});
