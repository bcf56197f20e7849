/** The same driver, on QEMU's network card with its user network and on ours, gets the same answers to the same frames. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Dma } from '../../../emulator/devices/device.ts';
import { TestClock } from '../../../emulator/devices/test-clock.ts';
import { createVirtioMmio } from '../../../emulator/devices/virtio/mmio.ts';
import { createVirtioNet, type VirtioNet } from '../../../emulator/devices/virtio/net.ts';
import { BROADCAST_MAC, ipv4, writeMac } from '../../../emulator/network/addresses.ts';
import { buildArp, parseArp } from '../../../emulator/network/packets/arp.ts';
import { buildEthernet, etherTypes, parseEthernet } from '../../../emulator/network/packets/ethernet.ts';
import { buildEcho } from '../../../emulator/network/packets/icmp.ts';
import { buildIpv4Packet, parseIpv4Packet, protocols } from '../../../emulator/network/packets/ipv4.ts';
import { buildTcp, parseTcp } from '../../../emulator/network/packets/tcp.ts';
import { buildUdp, parseUdp } from '../../../emulator/network/packets/udp.ts';
import { defaultUserNetwork } from '../../../emulator/network/user/config.ts';
import { UserNetwork } from '../../../emulator/network/user/user-network.ts';
import { needs } from '../../support/packages.ts';
import { startQemu, type Qemu } from './qtest.ts';

const LAST_SLOT = 0x0a00_3e00;
const RAM = 0x4000_0000;
const BANK = 0x1_0000;
const [DESC, BUFFERS] = [0x1000, 0x4000];
const SIZE = 8;
const PAGE = 4096;
const WRITE = 2;
/** A network stands still while its machine is stopped: the core waits there, WFI and a branch to it. */
const IDLE = 0x4100_0000;
const MERGE = 1 << 15;

const [guest, gateway, nameServer] = [ipv4(10, 0, 2, 15), ipv4(10, 0, 2, 2), ipv4(10, 0, 2, 3)];
const guestMac = 0x5254_0012_3456;
const gatewayMac = 0x5255_0a00_0202;

type Side = Pick<Qemu, 'read' | 'write' | 'readBytes' | 'writeBytes'>;

/** Ours, with the protocol of QEMU's. The host refuses all connections. */
function startOurs(legacy: boolean): Side {
  const ram = new Uint8Array(2 * BANK);
  const inside = (pa: number, length: number) => pa >= RAM && pa - RAM + length <= ram.length;
  const dma: Dma = {
    read: (pa, into) => inside(pa, into.length) && (into.set(ram.subarray(pa - RAM, pa - RAM + into.length)), true),
    write: (pa, from) => inside(pa, from.length) && (ram.set(from, pa - RAM), true),
  };
  const clock = new TestClock();
  const mac = new Uint8Array(6);
  writeMac(mac, 0, guestMac);
  const later: (() => void)[] = [];
  const card: VirtioNet = createVirtioNet({ mac, onTransmit: (frame) => later.push(() => network.receive(frame)) });
  const network = new UserNetwork(
    defaultUserNetwork(),
    clock,
    (frame) => later.push(() => card.receive(frame)),
    ({ id }) => later.push(() => network.take({ type: 'refused', id })),
  );
  const device = createVirtioMmio({ irq: { set: () => {} }, clock, dma, device: card, legacy });
  const settle = () => {
    for (let act = later.shift(); act; act = later.shift()) act();
    clock.advance(100_000);
  };
  return {
    read: (pa, size) => Promise.resolve(device.read(pa - LAST_SLOT, size)),
    write(pa, size, value) {
      device.write(pa - LAST_SLOT, size, value);
      settle();
      return Promise.resolve();
    },
    readBytes: (pa, count) => Promise.resolve(Buffer.from(ram.slice(pa - RAM, pa - RAM + count))),
    writeBytes: (pa, bytes) => Promise.resolve(ram.set(bytes, pa - RAM)),
  };
}

/** A driver of the card with buffers for receiving, each of a whole frame. */
async function drive(side: Side, legacy: boolean) {
  const write = (offset: number, value: number) => side.write(LAST_SLOT + offset, 4, value);
  const words = (...list: number[]) => new Uint8Array(Uint16Array.from(list).buffer);
  const descriptor = (pa: number, length: number, flags: number) => {
    const view = new DataView(new ArrayBuffer(16));
    view.setBigUint64(0, BigInt(pa), true);
    view.setUint32(8, length, true);
    view.setUint16(12, flags, true);
    return new Uint8Array(view.buffer);
  };
  const availOf = (queue: number) => RAM + BANK * queue + DESC + 16 * SIZE;
  const usedOf = (queue: number) => RAM + BANK * queue + DESC + PAGE;

  await write(0x70, 0);
  await write(0x70, 3);
  await write(0x24, 0);
  await write(0x20, MERGE | (1 << 5) | (1 << 16));
  if (legacy) await write(0x28, PAGE);
  else {
    await write(0x24, 1);
    await write(0x20, 1);
    await write(0x70, 11);
  }
  for (const queue of [0, 1]) {
    const desc = RAM + BANK * queue + DESC;
    await write(0x30, queue);
    await write(0x38, SIZE);
    if (legacy) {
      await write(0x3c, PAGE);
      await write(0x40, desc / PAGE);
    } else {
      for (const [offset, pa] of [
        [0x80, desc],
        [0x90, availOf(queue)],
        [0xa0, usedOf(queue)],
      ] as const)
        await write(offset, pa);
      await write(0x44, 1);
    }
  }
  for (let n = 0; n < SIZE; n++) {
    await side.writeBytes(RAM + DESC + 16 * n, descriptor(RAM + BUFFERS + 0x800 * n, 0x800, WRITE));
  }
  await side.writeBytes(availOf(0), words(0, SIZE, 0, 1, 2, 3, 4, 5, 6, 7));
  await write(0x70, legacy ? 7 : 15);
  await write(0x50, 0);

  const counts = { sent: 0, received: 0 };
  /** Sends a frame and answers the one that comes for it, with its header. */
  const ask = async (frame: Uint8Array): Promise<Buffer> => {
    const packet = Buffer.concat([Buffer.alloc(12), frame]);
    await side.writeBytes(RAM + BANK + BUFFERS, packet);
    await side.writeBytes(RAM + BANK + DESC, descriptor(RAM + BANK + BUFFERS, packet.length, 0));
    await side.writeBytes(availOf(1) + 4 + 2 * (counts.sent % SIZE), words(0));
    await side.writeBytes(availOf(1) + 2, words(++counts.sent));
    await write(0x50, 1);
    const at = counts.received++ % SIZE;
    const come = async () => (await side.readBytes(usedOf(0) + 2, 2)).readUInt16LE();
    await expect.poll(come, { interval: 5, timeout: 10_000 }).toBe(counts.received);
    const entry = await side.readBytes(usedOf(0) + 4 + 8 * at, 8);
    const answer = await side.readBytes(RAM + BUFFERS + 0x800 * entry.readUInt32LE(), entry.readUInt32LE(4));
    await side.writeBytes(availOf(0) + 4 + 2 * at, words(entry.readUInt32LE()));
    await side.writeBytes(availOf(0) + 2, words(SIZE + counts.received));
    await write(0x50, 0);
    return answer;
  };
  const mac = await Promise.all(Array.from({ length: 8 }, (_, n) => side.read(LAST_SLOT + 0x100 + n, 1)));
  return { ask, mac, id: await side.read(LAST_SLOT + 8, 4), version: await side.read(LAST_SLOT + 4, 4) };
}

// --- what is asked ---------------------------------------------------------------------------------------------------------------------

const frame = (etherType: number, payload: Uint8Array, destination = gatewayMac) =>
  buildEthernet({ destination, source: guestMac, etherType, payload });
const ip = (protocol: number, destination: number, payload: Uint8Array, source = guest) => {
  const packet = { source, destination, protocol, id: 7, fragmentOffset: 0, moreFragments: false, payload };
  return frame(etherTypes.ipv4, buildIpv4Packet(packet), destination === 0xffff_ffff ? BROADCAST_MAC : gatewayMac);
};
const arp = (target: number) =>
  frame(
    etherTypes.arp,
    buildArp({ operation: 'request', senderMac: guestMac, sender: guest, targetMac: 0, target }),
    BROADCAST_MAC,
  );

function dhcp(...options: number[]): Uint8Array {
  const bytes = new Uint8Array(300);
  bytes.set([1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef]);
  writeMac(bytes, 28, guestMac);
  bytes.set([0x63, 0x82, 0x53, 0x63, ...options, 255], 236);
  const payload = buildUdp(0, 0xffff_ffff, { sourcePort: 68, destinationPort: 67, payload: bytes });
  return ip(protocols.udp, 0xffff_ffff, payload, 0);
}

const syn = buildTcp(guest, gateway, {
  ...{ sourcePort: 5000, destinationPort: 1, sequence: 1000, acknowledgment: 0, flags: 2, window: 1000 },
  ...{ maxSegment: 1460, payload: new Uint8Array() },
});
const echo = buildEcho({
  kind: 'request',
  rest: Uint8Array.of(0, 1, 0, 2, ...'some data'.split('').map((c) => c.charCodeAt(0))),
});

const questions: Record<string, Uint8Array> = {
  'where the gateway is': arp(gateway),
  'where the name server is': arp(nameServer),
  'DHCP: an offer': dhcp(53, 1, 1),
  'DHCP: the address': dhcp(53, 1, 3, 50, 4, 10, 0, 2, 15, 54, 4, 10, 0, 2, 2),
  'DHCP: another address': dhcp(53, 1, 3, 50, 4, 10, 0, 2, 99),
  'an echo of the gateway': ip(protocols.icmp, gateway, echo),
  'a connection to where nobody listens': ip(protocols.tcp, gateway, syn),
};

/** What a guest makes of an answer. */
function meaning(bytes: Buffer): unknown {
  const ethernet = parseEthernet(bytes.subarray(12))!;
  const { payload, ...ends } = ethernet;
  const header = [...bytes.subarray(0, 12)];
  if (ends.etherType === etherTypes.arp) return { header, ends, arp: parseArp(payload) };
  const { source, destination, protocol, payload: inner } = parseIpv4Packet(payload)!;
  const where = { header, ends, source, destination, protocol };
  if (protocol === protocols.icmp) return { ...where, icmp: [...inner] };
  if (protocol === protocols.udp) {
    const datagram = parseUdp(source, destination, inner)!;
    const options = new Map<number, string>();
    const { payload: message } = datagram;
    for (let at = 240; message[at] !== 255; at += 2 + message[at + 1]!) {
      options.set(message[at]!, message.subarray(at + 2, at + 2 + message[at + 1]!).join('.'));
    }
    // QEMU's refusal has an address and a text, and not who refuses, against RFC 2131, table 3.
    if (options.get(53) === '6') return { ...where, refused: true };
    const fixed = {
      operation: message[0],
      transaction: message.subarray(4, 8).join(),
      yours: message.subarray(16, 20).join('.'),
    };
    return { ...where, ports: [datagram.sourcePort, datagram.destinationPort], fixed, options: Object.fromEntries(options) };
  }
  const { flags, sequence, acknowledgment, sourcePort, destinationPort } = parseTcp(source, destination, inner)!;
  return { ...where, flags, sequence, acknowledgment, sourcePort, destinationPort };
}

describe.skipIf(needs('qemu-system-arm'))('a guest is answered as by QEMU', () => {
  test.each([[true], [false]])('with the registers of before 1.0: %s', async (legacy) => {
    const qemu = startQemu(
      ...['-device', `loader,addr=${IDLE},data=0x17ffffffd503207f,data-len=8`, '-device', `loader,addr=${IDLE},cpu-num=0`],
      ...['-global', `virtio-mmio.force-legacy=${legacy}`, '-netdev', 'user,id=n'],
      ...['-device', 'virtio-net-device,netdev=n,mac=52:54:00:12:34:56'],
    );
    onTestFinished(() => qemu.stop());
    const [theirs, ours] = [await drive(qemu, legacy), await drive(startOurs(legacy), legacy)];
    expect([ours.id, ours.version, ours.mac]).toEqual([theirs.id, theirs.version, theirs.mac]);
    for (const [what, question] of Object.entries(questions)) {
      expect({ what, ...(meaning(await ours.ask(question)) as object) }).toEqual({
        what,
        ...(meaning(await theirs.ask(question)) as object),
      });
    }
  });
});
