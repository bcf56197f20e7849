import type { Device, DeviceState, Dma } from '../../device.ts';
import { identificationRegisters, IIDR } from '../../gic/identification.ts';
import { RegisterFrame } from '../../gic/register-frame.ts';
import { merge, RegisterMap, type Register } from '../../gic/register-map.ts';
import type { Lpis } from '../lpis.ts';
import { COMMAND_BYTES, execute, raise, type Translator } from './commands.ts';
import { ENTRY_BYTES, ID_BITS, Tables, TRANSLATION_BYTES } from './tables.ts';
import { field, readWords } from './words.ts';

/** The control frame, then the translation frame, 64 KiB each (IHI 0069, "ITS register map"). */
export const ITS_SIZE = 0x2_0000;
const TRANSLATER = 0x1_0040;

/** GITS_CTLR. It is quiescent whenever it is off: nothing is left to be done. */
const CTLR_ENABLED = 1 << 0;
const CTLR_QUIESCENT = 1 << 31;

/** GITS_TYPER: Physical, ITT_entry_size, ID_bits, Devbits; CIDbits and CIL, that collections have so many. PTA is 0. */
const TYPER = [
  (1 << 0) | ((TRANSLATION_BYTES - 1) << 4) | ((ID_BITS - 1) << 8) | ((ID_BITS - 1) << 13),
  (ID_BITS - 1) | (1 << 4),
] as const;

/** GITS_BASER<0> and <1>: Type (of devices, of collections) and Entry_Size are fixed, Page_Size is 64 KiB after a reset. */
const baserTypes = [1, 4] as const;
const BASER_FIXED_HIGH = (7 << 24) | (0x1f << 16);
const BASER_RESET_LOW = 2 << 8;

/** GITS_CBASER without what is RES0: Size, Shareability, Physical_Address; its upper part, OuterCache, InnerCache, Valid. */
const CBASER_MASKS = [0xffff_fcff, 0xb8ef_ffff] as const;
/** GITS_CWRITER and GITS_CREADR: an offset of commands, and Retry or Stalled. */
const OFFSET_MASK = 0xf_ffe0;
const RETRY = 1 << 0;
const QUEUE_PAGE = 4096;

const NO_REQUESTER = 0;

/** What registers of an ITS work on. */
class ItsState implements Translator {
  readonly dma: Dma;
  readonly lpis: readonly Lpis[];
  readonly tables: Tables;
  enabled = false;
  readonly cbaser = new Uint32Array(2);
  readonly basers = baserTypes.map(() => new Uint32Array(2));
  /** Offsets into the queue. */
  written = 0;
  done = 0;
  /** GITS_CREADR.Stalled: the command at `done` cannot be carried out. */
  stalled = false;

  constructor(dma: Dma, lpis: readonly Lpis[]) {
    this.dma = dma;
    this.lpis = lpis;
    this.tables = new Tables(dma, ...(this.basers as [Uint32Array, Uint32Array]));
  }

  /** Carries out what is in the queue. */
  process(): void {
    const isValid = field(this.cbaser, 63, 1) === 1;
    const size = (field(this.cbaser, 0, 8) + 1) * QUEUE_PAGE;
    if (!this.enabled || !isValid || this.written >= size || this.done >= size) return;
    const base = field(this.cbaser, 12, 40) * QUEUE_PAGE;
    while (!this.stalled && this.done !== this.written) {
      const words = readWords(this.dma, base + this.done, COMMAND_BYTES / 4);
      this.stalled = !words || execute(this, words) === 'unreachable';
      if (!this.stalled) this.done = (this.done + COMMAND_BYTES) % size;
    }
  }

  message(requester: number, event: number): void {
    if (this.enabled) raise(this, requester, event);
  }

  reset(): void {
    this.enabled = false;
    this.cbaser.fill(0);
    for (const [n, baser] of this.basers.entries()) {
      baser.set([BASER_RESET_LOW, ((baserTypes[n] as number) << 24) | ((ENTRY_BYTES - 1) << 16)]);
    }
    this.rewind();
    this.written = 0;
  }

  rewind(): void {
    this.done = 0;
    this.stalled = false;
  }
}

const registers: Register<ItsState>[] = [
  {
    name: 'GITS_CTLR',
    offset: 0x0000,
    read: (its) => CTLR_QUIESCENT | (its.enabled ? CTLR_ENABLED : 0),
    write: (its, value, mask) => {
      if ((mask & CTLR_ENABLED) === 0) return;
      its.enabled = (value & CTLR_ENABLED) !== 0;
      its.process();
    },
  },
  { name: 'GITS_IIDR', offset: 0x0004, read: () => IIDR },
  { name: 'GITS_TYPER', offset: 0x0008, count: 2, read: (_its, half) => TYPER[half] as number },
  {
    name: 'GITS_CBASER',
    offset: 0x0080,
    count: 2,
    read: (its, half) => its.cbaser[half] as number,
    write: (its, value, mask, half) => {
      if (its.enabled) return;
      its.cbaser[half] = merge(its.cbaser[half] as number, value, mask) & (CBASER_MASKS[half] as number);
      its.rewind();
    },
  },
  {
    name: 'GITS_CWRITER',
    offset: 0x0088,
    count: 2,
    read: (its, half) => (half === 0 ? its.written : 0),
    write: (its, value, mask, half) => {
      if (half !== 0) return;
      its.written = merge(its.written, value, mask) & OFFSET_MASK;
      if (value & RETRY) its.stalled = false;
      its.process();
    },
  },
  { name: 'GITS_CREADR', offset: 0x0090, count: 2, read: (its, half) => (half === 0 ? its.done | (its.stalled ? 1 : 0) : 0) },
  {
    name: 'GITS_BASER',
    offset: 0x0100,
    count: baserTypes.length * 2,
    read: (its, index) => its.basers[index >> 1]?.[index & 1] as number,
    write: (its, value, mask, index) => {
      const baser = its.basers[index >> 1] as Uint32Array;
      const half = index & 1;
      if (!its.enabled) baser[half] = merge(baser[half] as number, value, half ? mask & ~BASER_FIXED_HIGH : mask);
    },
  },
  identificationRegisters<ItsState>('GITS', 0xffd0, { part: 0x94, revision: 3, pidr4: 0x44 }),
  {
    // 16 or 32 bits (IHI 0069 GITS_TRANSLATER). A core has no DeviceID; it counts as device 0, as on QEMU.
    name: 'GITS_TRANSLATER',
    offset: TRANSLATER,
    write: (its, value, mask) => {
      if ((mask & 0xffff) === 0xffff) its.message(NO_REQUESTER, value >>> 0);
    },
  },
];

const map = new RegisterMap<ItsState>(ITS_SIZE, registers);

/**
 * An Interrupt Translation Service (IHI 0069, "The ITS and LPIs") without what GICv4 adds: it turns messages of devices into LPIs of cores, by tables
 * in guest memory that its commands make.
 */
export class Its extends RegisterFrame<ItsState> implements Device {
  readonly kind = 'gicv3-its';

  /** `lpis`: those of the cores by number. */
  constructor(dma: Dma, lpis: readonly Lpis[]) {
    super(new ItsState(dma, lpis), map);
  }

  /** A write of a bus master to a register in this window: a message if it is to GITS_TRANSLATER, else nothing. */
  message(requester: number, offset: number, event: number): void {
    if (offset === TRANSLATER) this.gic.message(requester, event);
  }

  reset(): void {
    this.gic.reset();
  }

  save(): DeviceState {
    const { enabled, cbaser, basers, written, done, stalled } = this.gic;
    return { enabled, cbaser: [...cbaser], basers: basers.map((baser) => [...baser]), written, done, stalled };
  }

  restore(state: DeviceState): void {
    const { gic } = this;
    gic.enabled = state['enabled'] as boolean;
    gic.cbaser.set(state['cbaser'] as number[]);
    for (const [n, baser] of gic.basers.entries()) baser.set((state['basers'] as number[][])[n] as number[]);
    gic.written = state['written'] as number;
    gic.done = state['done'] as number;
    gic.stalled = state['stalled'] as boolean;
  }
}
