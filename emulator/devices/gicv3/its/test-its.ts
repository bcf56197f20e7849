/** A GICv3 with an ITS and memory for its tables, as tests drive it. */
import type { Dma } from '../../device.ts';
import { createGicV3 } from '../gicv3.ts';

export const RAM = 0x4000_0000;
const RAM_BYTES = 0x20_0000;

/** Where tests have things, each in 64 KiB of its own; pending tables are beside each other. */
export const DEVICES = RAM;
export const COLLECTIONS = RAM + 0x1_0000;
export const QUEUE = RAM + 0x2_0000;
export const TRANSLATIONS = RAM + 0x3_0000;
export const PROPERTIES = RAM + 0x4_0000;
export const LEVEL2 = RAM + 0x6_0000;
export const PENDING = RAM + 0x10_0000;

export const VALID = 1n << 63n;
export const [CTLR, CBASER, CWRITER, CREADR, BASER0, BASER1, TRANSLATER] = [0, 0x80, 0x88, 0x90, 0x100, 0x108, 0x1_0040] as const;
export const QUEUE_BYTES = 0x1000;

/** The four doublewords of a command. */
export type Command = readonly [bigint, bigint?, bigint?, bigint?];
const device = (code: bigint, id: number): bigint => code | (BigInt(id) << 32n);
const ids = (event: number, intid = 0): bigint => BigInt(event) | (BigInt(intid) << 32n);
export const commands = {
  movi: (id: number, event: number, collection: number): Command => [device(0x01n, id), ids(event), BigInt(collection)],
  int: (id: number, event: number): Command => [device(0x03n, id), ids(event)],
  clear: (id: number, event: number): Command => [device(0x04n, id), ids(event)],
  sync: (): Command => [0x05n],
  mapd: (id: number, translations: number, eventBits: number, valid = true): Command => [
    device(0x08n, id),
    BigInt(eventBits - 1),
    BigInt(translations) | (valid ? VALID : 0n),
  ],
  mapc: (collection: number, core: number, valid = true): Command => [
    0x09n,
    0n,
    BigInt(collection) | (BigInt(core) << 16n) | (valid ? VALID : 0n),
  ],
  mapti: (id: number, event: number, intid: number, collection: number): Command => [
    device(0x0an, id),
    ids(event, intid),
    BigInt(collection),
  ],
  mapi: (id: number, event: number, collection: number): Command => [device(0x0bn, id), ids(event), BigInt(collection)],
  inv: (id: number, event: number): Command => [device(0x0cn, id), ids(event)],
  invall: (collection: number): Command => [0x0dn, 0n, BigInt(collection)],
  movall: (from: number, to: number): Command => [0x0en, 0n, BigInt(from) << 16n, BigInt(to) << 16n],
  discard: (id: number, event: number): Command => [device(0x0fn, id), ids(event)],
} as const;

export function createTestIts(cores = 2) {
  const ram = new Uint8Array(RAM_BYTES);
  const view = new DataView(ram.buffer);
  const inside = (pa: number, length: number) => pa >= RAM && pa + length <= RAM + ram.length;
  const dma: Dma = {
    read: (pa, into) => inside(pa, into.length) && (into.set(ram.subarray(pa - RAM, pa - RAM + into.length)), true),
    write: (pa, from) => inside(pa, from.length) && (ram.set(from, pa - RAM), true),
  };
  const levels: Record<string, boolean> = {};
  const create = () =>
    createGicV3({
      cores,
      spis: 64,
      affinity: (core) => core,
      currentCore: () => 0,
      output: (core, input) => ({ set: (level) => (levels[`${core}${input}`] = level) }),
      lpiMemory: dma,
    });
  const gic = create();
  const its = gic.its!;
  let sent = 0;

  const test = {
    ...{ gic, its, ram, view, dma, levels, create },
    read: (offset: number) => its.read(offset, 4),
    write: (offset: number, value: number) => its.write(offset, 4, value >>> 0),
    read64: (offset: number) => BigInt(its.read(offset, 4)) | (BigInt(its.read(offset + 4, 4)) << 32n),
    write64(offset: number, value: bigint) {
      its.write(offset, 4, Number(value & 0xffff_ffffn));
      its.write(offset + 4, 4, Number(value >> 32n));
    },
    redistributor: (core: number, offset: number) => gic.redistributors.read(core * 0x2_0000 + offset, 4),
    setRedistributor: (core: number, offset: number, value: bigint | number) => {
      const halves = BigInt.asUintN(64, BigInt(value));
      gic.redistributors.write(core * 0x2_0000 + offset, 4, Number(halves & 0xffff_ffffn));
      if (typeof value === 'bigint') gic.redistributors.write(core * 0x2_0000 + offset + 4, 4, Number(halves >> 32n));
    },
    /** Sets the priority of an LPI; it is enabled unless that is 0. */
    configure: (intid: number, priority: number) => (ram[PROPERTIES - RAM + intid - 8192] = priority && priority | 1),
    isPending: (core: number, intid: number) => ((ram[PENDING - RAM + core * 0x1_0000 + (intid >> 3)]! >> (intid & 7)) & 1) === 1,
    acknowledge: (core: number) => Number(gic.readRegister(core, 'ICC_IAR1_EL1')),
    end: (core: number, intid: number) => gic.writeRegister(core, 'ICC_EOIR1_EL1', BigInt(intid)),
    highest: (core: number) => Number(gic.readRegister(core, 'ICC_HPPIR1_EL1')),
    /** Writes commands behind those that were sent before. */
    queue(...list: Command[]) {
      for (const command of list) {
        for (let n = 0; n < 4; n++) view.setBigUint64(QUEUE - RAM + sent + 8 * n, command[n] ?? 0n, true);
        sent = (sent + 32) % QUEUE_BYTES;
      }
    },
    /** Has them carried out. */
    send(...list: Command[]) {
      test.queue(...list);
      test.write64(CWRITER, BigInt(sent));
    },
    /** Whether all that was sent is done. */
    isDone: () => test.read(CREADR) === sent,
    /** Cores take interrupts of every priority; LPIs are on, with flat tables, and so is the ITS. */
    start() {
      gic.distributor.write(0, 4, 3);
      for (let core = 0; core < cores; core++) {
        gic.writeRegister(core, 'ICC_PMR_EL1', 0xffn);
        gic.writeRegister(core, 'ICC_IGRPEN1_EL1', 1n);
        test.setRedistributor(core, 0x70, BigInt(PROPERTIES) | 15n);
        test.setRedistributor(core, 0x78, BigInt(PENDING + core * 0x1_0000));
        test.setRedistributor(core, 0, 1);
      }
      test.write64(BASER0, VALID | BigInt(DEVICES) | (2n << 8n));
      test.write64(BASER1, VALID | BigInt(COLLECTIONS) | (2n << 8n));
      test.write64(CBASER, VALID | BigInt(QUEUE));
      test.write(CTLR, 1);
      return test;
    },
    /** Collections are the cores', and device 5 has 32 events, which are LPIs from 8192 on, in the collection of core 0. */
    mapped() {
      test.start();
      for (let core = 0; core < cores; core++) test.send(commands.mapc(core, core));
      test.send(commands.mapd(5, TRANSLATIONS, 5));
      for (let event = 0; event < 32; event++) {
        test.configure(8192 + event, 0xa0);
        test.send(commands.mapti(5, event, 8192 + event, 0));
      }
      return test;
    },
  };
  return test;
}
