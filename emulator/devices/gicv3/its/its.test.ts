import { describe, expect, test } from 'vitest';
import type { DeviceState } from '../../device.ts';
import * as at from './test-its.ts';
import { commands, createTestIts, VALID, type Command } from './test-its.ts';

const SPURIOUS = 1023;
const NOWHERE = 0x9_0000_0000;
const PAGE_4K = 0n;
const PAGE_64K = 2n << 8n;
const INDIRECT = 1n << 62n;
const { mapd, mapc, mapti, mapi, movi, movall, inv, invall, int, clear, discard, sync } = commands;

test('says what QEMU says', () => {
  // qemu-system-aarch64 7.2 -M virt,gic-version=3 -cpu cortex-a57 -smp 2.
  const { gic, read64, read, redistributor } = createTestIts();
  expect(read(at.CTLR)).toBe(0x8000_0000);
  expect(read(0x04)).toBe(0x43b);
  expect(read64(0x08)).toBe(0x1f_0001_efb1n);
  expect([0, 1, 2].map((n) => read64(at.BASER0 + 8 * n))).toEqual([0x0107_0000_0000_0200n, 0x0407_0000_0000_0200n, 0n]);
  expect(read(0xffe0)).toBe(0x94);
  expect(read(0xffe8)).toBe(0x3b);
  expect(gic.distributor.read(4, 4) & (1 << 17)).not.toBe(0);
  expect([redistributor(0, 0x00), redistributor(0, 0x08), redistributor(1, 0x08)]).toEqual([2, 0x0100_0001, 0x0100_0111]);
});

test('a message becomes an interrupt that ends when it is acknowledged', () => {
  const { its, levels, isPending, acknowledge, end, gic } = createTestIts().mapped();
  its.message(5, at.TRANSLATER, 3);
  expect([levels['0irq'], isPending(0, 8195)]).toEqual([true, true]);
  expect(acknowledge(0)).toBe(8195);
  expect([levels['0irq'], isPending(0, 8195), gic.readRegister(0, 'ICC_RPR_EL1')]).toEqual([false, false, 0xa0n]);
  // It has no active state, so it may come again at once; only the priority holds it back.
  its.message(5, at.TRANSLATER, 3);
  expect([isPending(0, 8195), acknowledge(0)]).toEqual([true, SPURIOUS]);
  end(0, 8195);
  expect(acknowledge(0)).toBe(8195);
  end(0, 8195);
  expect(acknowledge(0)).toBe(SPURIOUS);
});

test('a message that is pending already is one', () => {
  const { its, acknowledge, end } = createTestIts().mapped();
  for (let n = 0; n < 3; n++) its.message(5, at.TRANSLATER, 3);
  end(0, acknowledge(0));
  expect(acknowledge(0)).toBe(SPURIOUS);
});

test('what is not a message, or leads nowhere, does nothing', () => {
  const { its, levels, write } = createTestIts().mapped();
  its.message(5, at.TRANSLATER + 4, 3);
  its.message(4, at.TRANSLATER, 3);
  its.message(5, at.TRANSLATER, 32);
  its.message(0xffff, at.TRANSLATER, 3);
  // A core's write is one of device 0.
  write(at.TRANSLATER, 3);
  expect(levels['0irq']).toBeFalsy();
  write(at.CTLR, 0);
  its.message(5, at.TRANSLATER, 3);
  write(at.CTLR, 1);
  expect(levels['0irq']).toBeFalsy();
});

test('a core is device 0, and may write 16 bits', () => {
  const { its, send, acknowledge, end } = createTestIts().mapped();
  send(mapd(0, at.TRANSLATIONS + 0x1000, 4), mapti(0, 1, 8192 + 7, 0));
  its.write(at.TRANSLATER, 2, 1);
  expect(acknowledge(0)).toBe(8199);
  end(0, 8199);
  its.write(at.TRANSLATER, 1, 1);
  its.write(at.TRANSLATER + 2, 2, 1);
  expect(acknowledge(0)).toBe(SPURIOUS);
});

test('the most urgent interrupt comes first, of equals the lower number, SPIs among them', () => {
  const { gic, its, configure, acknowledge, end, highest } = createTestIts().mapped();
  gic.distributor.write(0x84, 4, -1 >>> 0);
  gic.distributor.write(0x104, 4, 1);
  gic.distributor.write(0x420, 1, 0xa0);
  configure(8194, 0x40);
  for (const event of [4, 3, 2]) its.message(5, at.TRANSLATER, event);
  gic.spi(0).set(true);
  const order = Array.from({ length: 4 }, () => {
    const next = highest(0);
    expect(acknowledge(0)).toBe(next);
    if (next === 32) gic.spi(0).set(false);
    end(0, next);
    return next;
  });
  expect(order).toEqual([8194, 32, 8195, 8196]);
});

describe('LPIs of a redistributor', () => {
  test('their configuration counts from when they become pending, or when they are invalidated', () => {
    const { its, configure, send, highest } = createTestIts().mapped();
    configure(8192, 0);
    its.message(5, at.TRANSLATER, 0);
    expect(highest(0)).toBe(SPURIOUS);
    configure(8192, 0x20);
    expect(highest(0)).toBe(SPURIOUS);
    send(inv(5, 0));
    expect(highest(0)).toBe(8192);
    its.message(5, at.TRANSLATER, 1);
    expect(highest(0)).toBe(8192);
    configure(8192, 0xf0);
    send(invall(0));
    expect(highest(0)).toBe(8193);
    configure(8193, 0);
    send(inv(5, 1));
    expect(highest(0)).toBe(8192);
  });

  test('what is pending in memory when they are enabled comes, and when they are disabled nothing does', () => {
    const { ram, its, setRedistributor, acknowledge, end, isPending, levels } = createTestIts().mapped();
    setRedistributor(0, 0, 0);
    its.message(5, at.TRANSLATER, 1);
    expect(isPending(0, 8193)).toBe(false);
    ram[at.PENDING - at.RAM + 1024] = 0b101;
    expect(levels['0irq']).toBeFalsy();
    setRedistributor(0, 0, 1);
    expect(levels['0irq']).toBe(true);
    for (const intid of [8192, 8194]) {
      expect(acknowledge(0)).toBe(intid);
      end(0, intid);
    }
    its.message(5, at.TRANSLATER, 1);
    setRedistributor(0, 0, 0);
    expect([levels['0irq'], acknowledge(0), isPending(0, 8193)]).toEqual([false, SPURIOUS, true]);
  });

  test('beyond the tables there are none', () => {
    const { its, send, setRedistributor, ram } = createTestIts().mapped();
    setRedistributor(0, 0, 0);
    setRedistributor(0, 0x70, BigInt(at.PROPERTIES) | 13n);
    setRedistributor(0, 0, 1);
    send(mapti(5, 0, 0x4000, 0));
    const before = ram.slice();
    its.message(5, at.TRANSLATER, 0);
    expect(ram).toEqual(before);
  });

  test('tables outside of memory hold nothing', () => {
    const { its, setRedistributor, levels } = createTestIts().mapped();
    for (const register of [0x70, 0x78]) {
      setRedistributor(0, 0, 0);
      setRedistributor(0, register, BigInt(NOWHERE) | 15n);
      setRedistributor(0, 0, 1);
      its.message(5, at.TRANSLATER, 0);
      expect(levels['0irq']).toBeFalsy();
    }
  });

  test('are of Group 1: that of the distributor and that of the core', () => {
    const { gic, its, levels } = createTestIts().mapped();
    its.message(5, at.TRANSLATER, 0);
    gic.distributor.write(0, 4, 1);
    expect(levels['0irq']).toBe(false);
    gic.distributor.write(0, 4, 2);
    expect(levels['0irq']).toBe(true);
    gic.writeRegister(0, 'ICC_IGRPEN1_EL1', 0n);
    expect(levels['0irq']).toBe(false);
    expect(gic.readRegister(0, 'ICC_IAR0_EL1')).toBe(1023n);
  });

  test('keep of their registers what is not reserved', () => {
    const { setRedistributor, redistributor } = createTestIts();
    for (const register of [0x70, 0x78]) setRedistributor(0, register, 0xffff_ffff_ffff_ffffn);
    const read = [0x70, 0x74, 0x78, 0x7c].map((offset) => redistributor(0, offset));
    expect(read).toEqual([0xffff_ff9f, 0x070f_ffff, 0xffff_0f80, 0x070f_ffff]);
  });
});

describe('commands', () => {
  test('INT raises and CLEAR takes back', () => {
    const { send, highest, isPending } = createTestIts().mapped();
    send(int(5, 3), int(5, 4));
    expect(highest(0)).toBe(8195);
    send(clear(5, 3));
    expect([highest(0), isPending(0, 8195)]).toEqual([8196, false]);
  });

  test('MAPI takes the event as INTID, and LPIs alone can be mapped', () => {
    const { send, acknowledge, configure, highest } = createTestIts().mapped();
    send(mapd(6, at.TRANSLATIONS + 0x1000, 14), mapi(6, 8200, 0), mapi(6, 9, 0), mapti(6, 1, 8191, 0), mapti(6, 2, 0x1_0000, 0));
    configure(8200, 0xa0);
    send(int(6, 9), int(6, 1), int(6, 2));
    expect(highest(0)).toBe(SPURIOUS);
    send(int(6, 8200));
    expect(acknowledge(0)).toBe(8200);
  });

  test('DISCARD ends a mapping and its interrupt', () => {
    const { send, highest, isPending } = createTestIts().mapped();
    send(int(5, 3), discard(5, 3));
    expect([highest(0), isPending(0, 8195)]).toEqual([SPURIOUS, false]);
    send(int(5, 3));
    expect(highest(0)).toBe(SPURIOUS);
  });

  test('MOVI moves an event and what is pending of it', () => {
    const { send, highest, isPending } = createTestIts().mapped();
    send(int(5, 3), int(5, 4), movi(5, 3, 1));
    expect([highest(0), highest(1)]).toEqual([8196, 8195]);
    expect([isPending(0, 8195), isPending(1, 8195)]).toEqual([false, true]);
    send(movi(5, 4, 0), movi(5, 5, 1), int(5, 5), clear(5, 3));
    expect([highest(0), highest(1)]).toEqual([8196, 8197]);
    // To a collection that is not there: it stays.
    send(movi(5, 4, 7), int(5, 4));
    expect(highest(0)).toBe(8196);
  });

  test('MOVALL moves what is pending, not what is mapped', () => {
    const { send, highest, isPending } = createTestIts().mapped();
    send(int(5, 3), int(5, 4), movi(5, 6, 1), int(5, 6), movall(0, 1));
    expect([highest(0), highest(1)]).toEqual([SPURIOUS, 8195]);
    expect([3, 4, 6].map((event) => [isPending(0, 8192 + event), isPending(1, 8192 + event)])).toEqual(
      Array.from({ length: 3 }, () => [false, true]),
    );
    send(movall(0, 2), movall(2, 0), movall(1, 1), int(5, 3));
    expect([highest(0), highest(1)]).toEqual([8195, 8195]);
  });

  test('a device and a collection can be unmapped and mapped anew', () => {
    const { send, highest } = createTestIts().mapped();
    send(mapc(0, 0, false), int(5, 3));
    expect(highest(0)).toBe(SPURIOUS);
    send(mapc(0, 1), int(5, 3), mapd(5, 0, 32, false), int(5, 4));
    expect([highest(0), highest(1)]).toEqual([SPURIOUS, 8195]);
    // Its translations are still there.
    send(mapd(5, at.TRANSLATIONS, 5), clear(5, 3), int(5, 4));
    expect(highest(1)).toBe(8196);
  });

  const ignored: Record<string, readonly Command[]> = {
    'a device beyond the table': [mapd(0x1_0000, at.TRANSLATIONS, 5), mapti(0x1_0000, 0, 8192, 0), int(0x1_0000, 0)],
    'a device that is not mapped': [mapti(6, 0, 8192, 0), int(6, 0), clear(6, 0), discard(6, 0), movi(6, 0, 0), inv(6, 0)],
    'an event that the device has not': [
      mapti(5, 32, 8192, 0),
      int(5, 32),
      clear(5, 32),
      discard(5, 32),
      movi(5, 32, 0),
      inv(5, 32),
    ],
    'more events than there can be': [mapd(5, at.TRANSLATIONS, 17)],
    'a core that is not there': [mapc(0, 2)],
    'a collection beyond 16 bits of table': [mapti(5, 0, 8193, 0x4000)],
    'cores that are not there': [movall(0, 2), movall(2, 0)],
    'commands of GICv4 and none': [
      ...[0x21n, 0x22n, 0x25n, 0x29n, 0x2an, 0x2bn, 0x2dn, 0x00n, 0xffn].map((code) => [code] as const),
      sync(),
    ],
  };
  test.each(Object.entries(ignored))('%s: nothing happens, and the queue goes on', (_what, list) => {
    const { send, isDone, ram, highest } = createTestIts().mapped();
    const tables = () => ram.slice(0, at.QUEUE - at.RAM).toString() + ram.slice(at.TRANSLATIONS - at.RAM).toString();
    const before = tables();
    send(...list);
    expect([isDone(), tables() === before]).toEqual([true, true]);
    send(int(5, 0));
    expect(highest(0)).toBe(8192);
  });

  test('entries of tables may be anything', () => {
    const { ram, send, isDone, highest } = createTestIts().mapped();
    // An INTID that is no LPI, one that is beyond all, an interrupt that is virtual, a collection that is not there.
    const entry = (event: number, low: number, high: number) =>
      new DataView(ram.buffer).setBigUint64(at.TRANSLATIONS - at.RAM + 12 * event, (BigInt(high) << 32n) | BigInt(low), true);
    entry(0, 3 | (40 << 2), 0);
    entry(1, 3 | (0xff_ffff << 2), 0);
    entry(2, 1 | (8194 << 2), 0);
    entry(3, 3 | (8195 << 2), 0xffff_ffff);
    new DataView(ram.buffer).setBigUint64(at.COLLECTIONS - at.RAM + 8 * 3, 1n | (0xffffn << 1n), true);
    entry(4, 3 | (8196 << 2), 3);
    for (let event = 0; event < 5; event++) send(int(5, event), inv(5, event), movi(5, event, 1), clear(5, event));
    expect([isDone(), highest(0), highest(1)]).toEqual([true, SPURIOUS, SPURIOUS]);
  });
});

describe('tables', () => {
  test.each([
    ['4 KiB', PAGE_4K, 4096],
    ['16 KiB', 1n << 8n, 16 * 1024],
    ['64 KiB', PAGE_64K, 64 * 1024],
  ])('of two levels with pages of %s', (_name, size, bytes) => {
    const { write, write64, view, send, isDone, highest } = createTestIts().mapped();
    write(at.CTLR, 0);
    write64(at.BASER0, VALID | INDIRECT | BigInt(at.DEVICES) | size);
    write(at.CTLR, 1);
    const perPage = bytes / 8;
    const id = perPage + 3;
    // The second page of devices is there, the first is not.
    view.setBigUint64(at.DEVICES - at.RAM + 8, VALID | BigInt(at.LEVEL2), true);
    send(mapd(id, at.TRANSLATIONS, 5), mapti(id, 2, 8194, 0), mapd(2, at.TRANSLATIONS, 5), int(2, 2));
    expect([isDone(), highest(0)]).toEqual([true, SPURIOUS]);
    send(int(id, 2));
    expect(highest(0)).toBe(8194);
    expect(view.getBigUint64(at.LEVEL2 - at.RAM + 3 * 8, true)).toBe(1n | (4n << 1n) | (BigInt(at.TRANSLATIONS >> 8) << 6n));
  });

  test('a first level that points at itself is read as entries', () => {
    const { write, write64, view, send, isDone } = createTestIts().mapped();
    write(at.CTLR, 0);
    write64(at.BASER0, VALID | INDIRECT | BigInt(at.DEVICES) | PAGE_64K);
    write(at.CTLR, 1);
    view.setBigUint64(at.DEVICES - at.RAM, VALID | BigInt(at.DEVICES), true);
    send(mapd(0, at.TRANSLATIONS, 5), int(0, 0), mapd(1, at.DEVICES, 16), mapti(1, 0, 8192, 0), int(1, 0), int(0, 0));
    expect(isDone()).toBe(true);
  });

  test('of a size have so many entries', () => {
    const { write, write64, ram, send, isDone } = createTestIts().mapped();
    write(at.CTLR, 0);
    write64(at.BASER0, VALID | BigInt(at.DEVICES) | PAGE_4K | 1n);
    write(at.CTLR, 1);
    send(mapd(1023, at.TRANSLATIONS, 5), mapd(1024, at.TRANSLATIONS, 5));
    expect([isDone(), ram[1023 * 8], ram[1024 * 8]]).toEqual([true, 1 | (4 << 1), 0]);
  });

  test('of 64 KiB pages have the upper bits of their address in the lower ones', () => {
    const { write, write64, send, read } = createTestIts().mapped();
    write(at.CTLR, 0);
    write64(at.BASER0, VALID | BigInt(at.DEVICES) | PAGE_64K | (1n << 12n));
    write(at.CTLR, 1);
    send(int(5, 0));
    expect(read(at.CREADR) & 1).toBe(1);
  });

  test('that are not valid have no entries', () => {
    const { write, write64, send, isDone, highest } = createTestIts().mapped();
    write(at.CTLR, 0);
    write64(at.BASER1, 0n);
    write(at.CTLR, 1);
    send(int(5, 0), mapc(0, 0), mapti(5, 0, 8192, 0));
    expect([isDone(), highest(0)]).toEqual([true, SPURIOUS]);
  });

  test('keep their type and the size of their entries, and all else while the ITS is on', () => {
    const { read64, write64, write } = createTestIts();
    for (let n = 0; n < 3; n++) write64(at.BASER0 + 8 * n, 0xffff_ffff_ffff_ffffn);
    expect([0, 1, 2].map((n) => read64(at.BASER0 + 8 * n))).toEqual([0xf9e7_ffff_ffff_ffffn, 0xfce7_ffff_ffff_ffffn, 0n]);
    write(at.CTLR, 1);
    write64(at.BASER0, 0n);
    expect(read64(at.BASER0)).toBe(0xf9e7_ffff_ffff_ffffn);
  });
});

describe('the queue', () => {
  test('begins again at its start', () => {
    const { send, isDone, acknowledge, end } = createTestIts().mapped();
    const all = at.QUEUE_BYTES / 32;
    for (let n = 0; n < 3 * all; n++) {
      send(int(5, n % 32));
      expect(acknowledge(0)).toBe(8192 + (n % 32));
      end(0, 8192 + (n % 32));
    }
    send(...Array.from({ length: all - 1 }, () => sync()));
    expect(isDone()).toBe(true);
  });

  test('is carried out when the ITS is turned on', () => {
    const { write, send, isDone, highest } = createTestIts().mapped();
    write(at.CTLR, 0);
    send(int(5, 0));
    expect([isDone(), highest(0)]).toEqual([false, SPURIOUS]);
    write(at.CTLR, 1);
    expect([isDone(), highest(0)]).toEqual([true, 8192]);
  });

  test('stands still while it is not valid or the offset is beyond it', () => {
    const { write, write64, read, send, highest } = createTestIts().mapped();
    write64(at.CWRITER, BigInt(at.QUEUE_BYTES));
    const before = read(at.CREADR);
    send(int(5, 0));
    expect(highest(0)).toBe(8192);
    expect(read(at.CREADR)).toBe(before + 32);
    write(at.CTLR, 0);
    write64(at.CBASER, BigInt(at.QUEUE));
    write(at.CTLR, 1);
    expect(read(at.CREADR)).toBe(0);
  });

  test('stalls where a table is not in memory, until it is told to try again', () => {
    const { write, write64, read, send, highest } = createTestIts().mapped();
    write(at.CTLR, 0);
    write64(at.BASER1, VALID | BigInt(NOWHERE) | PAGE_64K);
    write(at.CTLR, 1);
    const before = read(at.CREADR);
    send(int(5, 0), sync());
    expect(read(at.CREADR)).toBe(before | 1);
    send(sync());
    expect(read(at.CREADR)).toBe(before | 1);
    write(at.CTLR, 0);
    write64(at.BASER1, VALID | BigInt(at.COLLECTIONS) | PAGE_64K);
    write(at.CTLR, 1);
    expect([read(at.CREADR), highest(0)]).toEqual([before | 1, SPURIOUS]);
    write(at.CWRITER, read(at.CWRITER) | 1);
    expect([read(at.CREADR), read(at.CWRITER), highest(0)]).toEqual([before + 96, before + 96, 8192]);
  });

  test.each([
    ['the queue', [at.CBASER, BigInt(NOWHERE)], sync()],
    ['devices', [at.BASER0, BigInt(NOWHERE)], mapd(1, 0, 1)],
    ['devices of two levels', [at.BASER0, BigInt(NOWHERE) | INDIRECT], mapd(1, 0, 1)],
    ['collections', [at.BASER1, BigInt(NOWHERE)], mapc(0, 0)],
  ] as const)('stalls where %s lies outside of memory', (_what, [register, value], command) => {
    const { write, write64, read, send } = createTestIts().mapped();
    write(at.CTLR, 0);
    write64(register, value | VALID);
    write(at.CTLR, 1);
    send(command);
    expect(read(at.CREADR) & 1).toBe(1);
  });

  test('stalls where translations lie outside of memory, and a message is lost there', () => {
    const { its, read, send, levels } = createTestIts().mapped();
    send(mapd(6, NOWHERE, 5));
    its.message(6, at.TRANSLATER, 0);
    expect([read(at.CREADR) & 1, levels['0irq'] ?? false]).toEqual([0, false]);
    send(mapti(6, 0, 8192, 0));
    expect(read(at.CREADR) & 1).toBe(1);
  });

  test('is rewound by a new address, which cannot be given while the ITS is on', () => {
    const { write, write64, read, read64 } = createTestIts().mapped();
    const before = read64(at.CBASER);
    write64(at.CBASER, 0n);
    expect(read64(at.CBASER)).toBe(before);
    expect(read(at.CREADR)).not.toBe(0);
    write(at.CTLR, 0);
    write64(at.CBASER, 0xffff_ffff_ffff_ffffn);
    expect([read64(at.CBASER), read(at.CREADR)]).toEqual([0xb8ef_ffff_ffff_fcffn, 0]);
    write(at.CREADR, 32);
    expect(read(at.CREADR)).toBe(0);
  });
});

test('goes on from a snapshot as if nothing had been', () => {
  const first = createTestIts().mapped();
  for (const event of [3, 1, 2]) first.its.message(5, at.TRANSLATER, event);
  first.configure(8193, 0);
  const saved: DeviceState = structuredClone(first.gic.save());
  // What was not invalidated is still as it was.
  const second = first.create();
  second.restore(saved);
  expect(second.save()).toEqual(saved);
  expect(second.readRegister(0, 'ICC_IAR1_EL1')).toBe(8193n);
  expect(first.acknowledge(0)).toBe(8193);
});

test('is after a reset as it was when new', () => {
  const machine = createTestIts();
  const fresh = machine.gic.save();
  machine.mapped().its.message(5, at.TRANSLATER, 3);
  machine.gic.reset();
  expect([machine.gic.save(), machine.levels['0irq']]).toEqual([fresh, false]);
});
