import { beforeEach, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { TestClock } from '../test-clock.ts';
import { DESC, memoryOf, NEXT, R, TestDriver, WRITE } from '../virtio/test-driver.ts';
import { serverRegisters as register, SLOT_BUFFER_BYTES } from './registers.ts';
import { ServedDisk } from './served-disk.ts';

const [HEADER, STATUS, DATA] = [0x4000, 0x4100, 0x1_0000];
const [IN, OUT, FLUSH, GET_ID] = [0, 1, 4, 8];
const [OK, IO_ERROR] = [0, 1];
const BUFFERS = 0x2000;
const SECTORS = 1000;
const PIECE = SLOT_BUFFER_BYTES / 512;

/** A client with a driver, and the memory and registers of a server. */
function create() {
  const clock = new TestClock();
  const disk = new ServedDisk(SECTORS, 'of storage');
  const memory = memoryOf(new Uint8Array(0x4_0000));
  const client = new TestDriver(disk.client({ clock, dma: memory.dma }), { clock, memory });
  client.start();
  const line = { isUp: false, set: (level: boolean) => void (line.isUp = level) };
  const own = memoryOf(new Uint8Array(BUFFERS + 4 * SLOT_BUFFER_BYTES));
  const server = disk.server({ dma: own.dma, line });
  const begin = (at = BUFFERS): void => server.write(register.BUFFERS, 4, at);
  const next = (): number => server.read(register.NEXT, 4) - 1;
  const of = (slot: number, name: number): number => server.read(register.SLOT + slot * register.SLOT_BYTES + name, 4);
  const done = (slot: number, status = 0): void =>
    server.write(register.SLOT + slot * register.SLOT_BYTES + register.DONE, 4, status);
  const buffer = (slot: number): Uint8Array =>
    own.ram.subarray(BUFFERS + slot * SLOT_BUFFER_BYTES).subarray(0, SLOT_BUFFER_BYTES);
  const piece = (slot: number): number[] => [of(slot, register.KIND), of(slot, register.SECTOR), of(slot, register.SECTORS)];
  return { clock, disk, client, line, server, begin, next, done, buffer, piece };
}

type Setup = ReturnType<typeof create>;
let s: Setup;
beforeEach(() => (s = create()));

function ask(type: number, sector: number, length: number, flags = WRITE): void {
  const { client } = s;
  client.view.setUint32(HEADER, type, true);
  client.view.setBigUint64(HEADER + 8, BigInt(sector), true);
  client.ram[STATUS] = 0xee;
  client.describeAt(DESC, 0, HEADER, 16, NEXT, 1);
  client.describeAt(DESC, 1, DATA, length, NEXT | flags, 2);
  client.describeAt(DESC, 2, STATUS, 1, WRITE);
  client.submit(0);
}
/** What the client was told, and whether it was interrupted. */
function told(): (number | boolean)[] {
  s.clock.advance(1);
  return [s.client.ram[STATUS]!, s.client.irq.level];
}

test('what the server put into its buffer is what the client reads, piece by piece', () => {
  s.begin();
  ask(IN, 7, (PIECE + 2) * 512);
  expect(s.line.isUp).toBe(true);
  const first = s.next();
  expect([first, s.line.isUp, s.piece(first)]).toEqual([0, false, [0, 7, PIECE]]);
  s.buffer(first).fill(0x11);
  s.done(first);
  expect([told(), s.line.isUp]).toEqual([[0xee, false], true]);
  const second = s.next();
  expect(s.piece(second)).toEqual([0, 7 + PIECE, 2]);
  s.buffer(second).fill(0x22, 0, 1024);
  s.done(second);
  expect(told()).toEqual([OK, true]);
  expect([DATA, DATA + SLOT_BUFFER_BYTES - 1, DATA + SLOT_BUFFER_BYTES].map((at) => s.client.ram[at])).toEqual([
    0x11, 0x11, 0x22,
  ]);
});

test('what the client writes is in the buffer, and its flush and name are answered', () => {
  s.begin();
  s.client.ram.fill(0x33, DATA, DATA + 512);
  ask(OUT, 1, 512, 0);
  const slot = s.next();
  expect([s.piece(slot), s.buffer(slot)[511], s.buffer(slot)[512]]).toEqual([[1, 1, 1], 0x33, 0]);
  s.done(slot, 5);
  expect(told()).toEqual([IO_ERROR, true]);
  ask(FLUSH, 0, 0);
  const flush = s.next();
  expect(s.piece(flush)).toEqual([2, 0, 0]);
  s.done(flush);
  expect(told()[0]).toBe(OK);
  ask(GET_ID, 0, 20);
  expect(told()[0]).toBe(OK);
  expect(Buffer.from(s.client.ram.subarray(DATA, DATA + 10)).toString()).toBe('of storage');
});

test('a request that a server took with it is given to the next one', () => {
  s.begin();
  ask(IN, 3, 512);
  expect(s.next()).toBe(0);
  s.disk.serverGone();
  expect([s.line.isUp, s.next()]).toEqual([false, -1]);
  s.clock.advance(400e6);
  s.begin();
  const slot = s.next();
  expect(s.piece(slot)).toEqual([0, 3, 1]);
  s.done(slot);
  expect(told()).toEqual([OK, true]);
  // What the first one might still say is for nobody.
  s.done(slot);
  s.clock.advance(1e9);
  expect(told()[0]).toBe(OK);
});

test('without a server requests fail after half a second, and the next ones are served again', () => {
  ask(IN, 3, 512);
  s.clock.advance(499e6);
  expect(told()[0]).toBe(0xee);
  s.clock.advance(2e6);
  expect(told()).toEqual([IO_ERROR, true]);
  s.begin();
  ask(IN, 3, 512);
  s.done(s.next());
  expect(told()[0]).toBe(OK);
});

test('sectors that are not there, and buffers that are no memory, reach nobody', () => {
  s.begin();
  ask(IN, SECTORS, 512);
  expect([s.next(), told()[0]]).toEqual([-1, IO_ERROR]);
  s.begin(0x4000_0000);
  ask(OUT, 0, 512, 0);
  expect(s.next()).toBe(-1);
  s.begin();
  s.done(s.next());
  expect(told()[0]).toBe(OK);
});

test('a client that resets its device is told nothing of before', () => {
  s.begin();
  ask(IN, 3, 512);
  const slot = s.next();
  s.client.write(R.STATUS, 0);
  s.client.start();
  s.done(slot);
  expect([told()[0], s.line.isUp, s.next()]).toEqual([0xee, false, -1]);
});

test('a snapshot has what is under way', () => {
  s.begin();
  ask(IN, 9, (PIECE + 1) * 512);
  s.done(s.next());
  s.next();
  const saved = structuredClone(s.client.mmio.save());
  const before = s;
  s = create();
  s.client.ram.set(before.client.ram);
  s.client.mmio.restore(saved);
  expect(s.piece(0)).toEqual([0, 9 + PIECE, 1]);
  s.done(0);
  expect(told()).toEqual([OK, true]);
});

test('whatever a server does, the client gets an answer of whole requests and nothing else happens', () => {
  const random = createRandom(1, 'server');
  const pick = (count: number): number => random.next() % count;
  for (let n = 0; n < 20_000; n++) {
    if (pick(8) === 0)
      ask([IN, OUT, FLUSH, GET_ID, 77][pick(5)]!, pick(SECTORS + 8), pick(4) * 512 + (pick(9) === 0 ? 7 : 0), pick(2) * WRITE);
    if (pick(64) === 0) s.disk.serverGone();
    if (pick(200) === 0) {
      s.client.write(R.STATUS, 0);
      s.client.start();
    }
    if (pick(3) === 0) s.server.read(pick(0x1000), 4);
    else s.server.write(pick(4) === 0 ? register.BUFFERS : pick(0x400) * 4, 4, pick(2) ? BUFFERS : random.next());
    s.clock.advance(pick(1e6));
    expect([0xee, OK, IO_ERROR, 2]).toContain(s.client.ram[STATUS]);
  }
});
