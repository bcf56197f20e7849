import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { BROADCAST_MAC } from '../addresses.ts';
import { buildEthernet } from '../packets/ethernet.ts';
import { Link, type LinkConfig } from './link.ts';
import { Switch } from './switch.ts';

const frame = (destination: number, source: number, bytes = 86) =>
  buildEthernet({ destination, source, etherType: 0x800, payload: new Uint8Array(bytes) });

describe('a wire', () => {
  const link = (config: LinkConfig, seed = 1) => new Link(config, createRandom(seed, 'wire'));

  test('takes no time unless it is told to', () => expect(link({}).arrivalNs(1500, 77)).toBe(77));

  test('has a delay and a rate; frames wait for each other', () => {
    const wire = link({ delayNs: 1e6, bitsPerSecond: 8e6 });
    // A microsecond a byte, with preamble, check sequence and gap.
    expect([0, 0, 500_000].map((now) => wire.arrivalNs(76, now))).toEqual([1_100_000, 1_200_000, 1_600_000]);
  });

  test('loses what does not fit its queue', () => {
    const wire = link({ bitsPerSecond: 8e6 });
    const arrived = Array.from({ length: 1000 }, () => wire.arrivalNs(1000, 0)).filter((at) => at !== undefined);
    expect(arrived.length).toBe(Math.floor((512 * 1024) / 1024) + 1);
  });

  test('loses its part, and the same frames for the same seed', () => {
    const fate = (seed: number) => {
      const wire = link({ loss: 0.1 }, seed);
      return Array.from({ length: 10_000 }, () => wire.arrivalNs(100, 0) === undefined);
    };
    const lost = fate(1).filter(Boolean).length;
    expect(lost).toBeGreaterThan(850);
    expect(lost).toBeLessThan(1150);
    expect(fate(1)).toEqual(fate(1));
    expect(fate(1)).not.toEqual(fate(2));
    expect(link({ loss: 1 }).arrivalNs(100, 0)).toBeUndefined();
  });
});

describe('a switch', () => {
  function create(links: LinkConfig[] = [{}, {}, {}]) {
    const got: [port: number, atNs: number][] = [];
    const net = new Switch(1);
    const ports = links.map((link, n) => net.addPort(`port${n}`, link, (_frame, atNs) => got.push([n, atNs])));
    const take = () => got.splice(0);
    return { ports, take };
  }

  test('floods what it does not know, and learns', () => {
    const { ports, take } = create();
    ports[0]!.send(frame(0xb, 0xa), 5);
    expect(take()).toEqual([
      [1, 5],
      [2, 5],
    ]);
    ports[1]!.send(frame(0xa, 0xb), 6);
    expect(take()).toEqual([[0, 6]]);
    ports[0]!.send(frame(0xb, 0xa), 7);
    expect(take()).toEqual([[1, 7]]);
    ports[0]!.send(frame(BROADCAST_MAC, 0xa), 8);
    expect(take().map(([port]) => port)).toEqual([1, 2]);
    ports[1]!.send(frame(0xb, 0xb), 9);
    expect(take(), 'never back').toEqual([]);
  });

  test('follows a machine that moves, and forgets what it has not heard of for long', () => {
    const { ports, take } = create();
    ports[1]!.send(frame(0xa, 0xb), 0);
    ports[2]!.send(frame(0xa, 0xb), 1);
    take();
    ports[0]!.send(frame(0xb, 0xa), 2);
    expect(take()).toEqual([[2, 2]]);
    ports[0]!.send(frame(0xb, 0xa), 301e9);
    expect(take().map(([port]) => port)).toEqual([1, 2]);
  });

  test('adds what both wires do', () => {
    const { ports, take } = create([{ delayNs: 10 }, { delayNs: 200, bitsPerSecond: 8e9 }, { loss: 1 }]);
    ports[0]!.send(frame(BROADCAST_MAC, 0xa, 62), 1000);
    expect(take()).toEqual([[1, 1000 + 10 + 100 + 200]]);
  });

  test('a port that is gone neither sends nor gets', () => {
    const { ports, take } = create();
    ports[1]!.send(frame(0xa, 0xb), 0);
    ports[1]!.remove();
    ports[1]!.send(frame(0xa, 0xb), 1);
    take();
    ports[0]!.send(frame(0xb, 0xa), 2);
    expect(take()).toEqual([[2, 2]]);
  });

  test('what is no frame goes nowhere, and addresses are not kept without bound', () => {
    const { ports, take } = create();
    for (const bytes of [new Uint8Array(3), new Uint8Array(2000), frame(0xb, BROADCAST_MAC)]) ports[0]!.send(bytes, 0);
    expect(take()).toEqual([]);
    ports[1]!.send(frame(0xa, 0xb), 0);
    for (let mac = 1; mac <= 2000; mac++) ports[2]!.send(frame(0xa, 2 * mac * 2 ** 24), 1);
    take();
    ports[0]!.send(frame(0xb, 0xa), 2);
    expect(take().map(([port]) => port)).toEqual([1, 2]);
  });
});
