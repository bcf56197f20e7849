/** LPIs and the ITS: the same commands, tables and messages, by several cores, read the same on QEMU and on ours, memory included. */
import { describe, expect, test } from 'vitest';
import type { Dma } from '../../../../emulator/devices/device.ts';
import { createGicV3 } from '../../../../emulator/devices/gicv3/gicv3.ts';
import { full, needs } from '../../../support/packages.ts';
import { accessMemory, createOutputs, GICD, Script, UART, type Model } from './script.ts';

const GITS = 0x0808_0000;
const GICR = 0x080a_0000;
const cores = 3;

/** Memory that both have, and where in it everything lies. */
const RAM = 0x4800_0000;
const [DEVICES, COLLECTIONS, QUEUE, LEVEL2, PROPERTIES, TRANSLATIONS, PENDING] = [
  RAM,
  RAM + 0x1_0000,
  RAM + 0x2_0000,
  RAM + 0x3_0000,
  RAM + 0x4_0000,
  RAM + 0x6_0000,
  RAM + 0x8_0000,
] as const;
const RAM_BYTES = 0x10_0000;
const NOWHERE = 0x9_0000_0000;

const QUEUE_BYTES = 0x1000;
const [devices, events, collections, lpis] = [6, 8, 5, 24] as const;
const FIRST_LPI = 8192;
const VALID = 0x8000_0000;
const INDIRECT = 0x4000_0000;

const [CTLR, IIDR, TYPER, CBASER, CWRITER, CREADR, BASER, TRANSLATER] = [
  0x00, 0x04, 0x08, 0x80, 0x88, 0x90, 0x100, 0x1_0040,
] as const;
const [GICR_CTLR, PROPBASER, PENDBASER] = [0x00, 0x70, 0x78] as const;

function createModel(): Model {
  const { isr, output } = createOutputs(cores);
  const ram = new Uint8Array(RAM_BYTES);
  const inside = (pa: number, length: number) => pa >= RAM && pa + length <= RAM + ram.length;
  const lpiMemory: Dma = {
    read: (pa, into) => inside(pa, into.length) && (into.set(ram.subarray(pa - RAM, pa - RAM + into.length)), true),
    write: (pa, from) => inside(pa, from.length) && (ram.set(from, pa - RAM), true),
  };
  const memory = {
    read: (offset: number) => new DataView(ram.buffer).getUint32(offset, true),
    write: (offset: number, size: number, value: number): void => {
      if (size === 4) new DataView(ram.buffer).setUint32(offset, value, true);
      else ram[offset] = value;
    },
  };
  const gic = createGicV3({ cores, spis: 256, affinity: (core) => core, currentCore: () => 0, output, lpiMemory });
  const frames = [
    ...([
      [RAM, memory],
      [GICR, gic.redistributors],
    ] as const),
    ...([
      [GITS, gic.its!],
      [GICD, gic.distributor],
    ] as const),
  ];
  return {
    spi: (n) => gic.spi(n),
    ppi: (core, n) => gic.ppi(core, n),
    access: (access) => {
      const { kind, at, core } = access;
      if (kind === 'mrs') return at === 'ISR_EL1' ? isr(core) : gic.readRegister(core, at);
      if (kind === 'msr') {
        gic.writeRegister(core, at, access.value);
        return 0n;
      }
      const [base, device] = frames.find(([start]) => at >= start)!;
      return accessMemory(device, at - base, access);
    },
  };
}

/** What drives both: commands go into the queue in memory, in halves of 32 bits. */
class Driver {
  readonly script: Script;
  private sent = 0;

  constructor(seed: number) {
    this.script = new Script(3, cores, seed, createModel());
  }

  write64(at: number, low: number, high: number): void {
    this.script.write(0, at, low);
    this.script.write(0, at + 4, high);
  }

  /** Eight words. */
  command(core: number, ...words: number[]): void {
    for (let n = 0; n < 8; n++) this.script.write(core, QUEUE + this.sent + 4 * n, words[n] ?? 0);
    this.sent = (this.sent + 32) % QUEUE_BYTES;
    this.script.write(core, GITS + CWRITER, this.sent);
    this.script.read(core, GITS + CREADR);
  }

  mapDevice(device: number, events: number, isMap = true): void {
    const address = TRANSLATIONS + device * 0x1000;
    this.command(0, 0x08, device, Math.log2(events) - 1, 0, address, isMap ? VALID : 0);
  }

  mapCollection(collection: number, core: number, isMap = true): void {
    this.command(0, 0x09, 0, 0, 0, collection | (core << 16), isMap ? VALID : 0);
  }

  mapEvent(device: number, event: number, intid: number, collection: number): void {
    this.command(0, 0x0a, device, event, intid, collection);
  }

  start(indirect: boolean): void {
    const { script } = this;
    for (const register of [CTLR, IIDR, TYPER, TYPER + 4, 0xffe0, 0xffe8]) script.read(0, GITS + register);
    for (let n = 0; n < 6; n++) script.read(0, GITS + BASER + 4 * n);
    script.write(0, GICD, 3);
    script.write(0, GICD + 0x84, -1);
    for (let core = 0; core < cores; core++) {
      const own = GICR + core * 0x2_0000;
      script.read(core, own + GICR_CTLR);
      script.read(core, own + 0x08);
      script.msr(core, 'ICC_PMR_EL1', 0xf8);
      script.msr(core, 'ICC_IGRPEN0_EL1', 1);
      script.msr(core, 'ICC_IGRPEN1_EL1', 1);
      this.write64(own + PROPBASER, PROPERTIES | 15, 0);
      this.write64(own + PENDBASER, PENDING + core * 0x1_0000, 0);
      script.write(core, own + GICR_CTLR, 1);
      script.read(core, own + GICR_CTLR);
    }
    // Pages of 4 KiB: of two levels, those of 512 devices each.
    if (indirect) this.write64(DEVICES, LEVEL2, VALID);
    this.write64(GITS + BASER, DEVICES, VALID | (indirect ? INDIRECT : 0));
    this.write64(GITS + BASER + 8, COLLECTIONS | 0x200, VALID);
    this.write64(GITS + CBASER, QUEUE, VALID);
    for (let n = 0; n < 4; n++) script.read(0, GITS + BASER + 4 * n);
    script.write(0, GITS + CTLR, 1);
    script.read(0, GITS + CTLR);
  }
}

/**
 * Priorities stay below 0xff, and a changed configuration is invalidated at once: QEMU looks at it more often than it must. What is UNPREDICTABLE
 * stays away: to change tables or registers that are in use.
 */
function step(driver: Driver, state: { isOn: boolean }): void {
  const { script } = driver;
  const { random } = script;
  const core = random.below(cores);
  const other = random.below(cores);
  // One in a few is not there.
  const [device, event, collection] = [random.below(devices + 1), random.below(events + 1), random.below(collections + 1)];
  const intid = FIRST_LPI + random.below(lpis);
  const onEvent = (code: number, ...more: number[]) => driver.command(core, code, device, event, ...more);
  random.pick([
    () => driver.mapDevice(device, random.pick([2, 4, events, events]), !random.chance(4)),
    () => driver.mapCollection(collection, random.below(cores + 1), !random.chance(6)),
    () => driver.mapEvent(device, event, random.chance(10) ? random.pick([40, 0x1_0000, 0xff_ffff]) : intid, collection),
    () => driver.mapEvent(device, event, intid, collection),
    () => driver.command(core, 0x0b, random.below(devices), random.below(events), 0, collection),
    () => onEvent(0x01, 0, collection),
    () => onEvent(0x03),
    () => onEvent(0x03),
    () => onEvent(0x03),
    () => onEvent(0x03),
    () => onEvent(0x04),
    () => onEvent(0x0c),
    () => driver.command(core, 0x0e, 0, 0, 0, random.below(cores + 1) << 16, 0, random.below(cores + 1) << 16, 0),
    () => onEvent(0x0f),
    () => driver.command(core, random.pick([0x05, 0x21, 0x25, 0x29, 0x2d, 0x00, 0xfe]), device),
    // A message of device 0.
    () => script.write(core, GITS + TRANSLATER, event),
    () => script.write(core, GITS + TRANSLATER, event),
    () => {
      if (!state.isOn) return;
      script.writeByte(core, PROPERTIES + intid - FIRST_LPI, (random.below(62) << 2) | (random.chance(3) ? 0 : 1));
      driver.command(core, 0x0d, 0, 0, 0, collection);
    },
    () => {
      if (!random.chance(4)) return;
      state.isOn = !state.isOn;
      script.write(core, GITS + CTLR, state.isOn ? 1 : 0);
    },
    () => script.write(core, GICR + other * 0x2_0000 + GICR_CTLR, random.chance(3) ? 0 : 1),
    () => script.write(core, GICD, random.pick([3, 3, 3, 1])),
    () => script.msr(core, 'ICC_PMR_EL1', random.chance(2) ? 0xf8 : random.below(32) * 8),
    () => script.driveInput(core),
    () => script.acknowledged(core, script.mrs(core, 'ICC_IAR1_EL1')),
    () => script.acknowledged(core, script.mrs(core, 'ICC_IAR1_EL1')),
    () => script.acknowledged(core, script.mrs(core, 'ICC_IAR1_EL1')),
    () => {
      const ended = script.active[core]!.pop();
      if (ended !== undefined) script.msr(core, 'ICC_EOIR1_EL1', ended);
    },
    () => {
      const ended = script.active[core]!.pop();
      if (ended !== undefined) script.msr(core, 'ICC_EOIR1_EL1', ended);
    },
  ])();
  for (let n = 0; n < cores; n++) script.mrs(n, 'ISR_EL1');
  script.mrs(other, random.pick(['ICC_HPPIR1_EL1', 'ICC_RPR_EL1']));
  script.read(core, PENDING + other * 0x1_0000 + FIRST_LPI / 8);
  script.read(core, GITS + CREADR);
  script.read(core, random.pick([DEVICES, LEVEL2]) + 4 * random.below(2 * devices));
  script.read(core, COLLECTIONS + 4 * random.below(2 * collections));
  script.read(core, TRANSLATIONS + random.below(devices) * 0x1000 + 4 * random.below(3 * events));
}

describe.skipIf(needs('qemu-system-arm', 'clang', 'lld'))('LPIs and the ITS', () => {
  test.each(Array.from({ length: full ? 30 : 2 }, (_, seed) => seed))('are like those of QEMU in random use, seed %i', (seed) => {
    const driver = new Driver(seed);
    const { script } = driver;
    driver.start(seed % 2 === 1);
    for (let n = 0; n < lpis; n++) script.writeByte(0, PROPERTIES + n, (script.random.below(62) << 2) | 1);
    script.write(0, GICD + 0x100 + 4, 1 << (UART - 32));
    for (let device = 0; device < devices; device++) driver.mapDevice(device, events);
    for (let collection = 0; collection < collections; collection++) driver.mapCollection(collection, collection % cores);
    const state = { isOn: true };
    for (let n = 0; n < 600; n++) step(driver, state);
    expect(script.differences().slice(0, 10)).toEqual([]);
  });

  // Not that the queue itself is elsewhere, which QEMU reads as zeros, nor that a collection of an event is, which it skips.
  test.each([
    ['devices', BASER, (driver: Driver) => driver.command(0, 0x03, 1, 1)],
    ['collections', BASER + 8, (driver: Driver) => driver.mapCollection(2, 2)],
  ] as const)('stall as on QEMU where %s lie outside of memory', (_what, register, command) => {
    const driver = new Driver(0);
    driver.start(false);
    driver.mapDevice(1, events);
    driver.mapCollection(1, 1);
    driver.mapEvent(1, 1, FIRST_LPI, 1);
    driver.script.write(0, GITS + CTLR, 0);
    driver.write64(GITS + register, 0, NOWHERE / 2 ** 32 + VALID);
    driver.script.write(0, GITS + CTLR, 1);
    command(driver);
    driver.script.mrs(1, 'ISR_EL1');
    expect(driver.script.differences()).toEqual([]);
  });
});
