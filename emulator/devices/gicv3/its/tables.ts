/** The ITS's tables in guest memory: where entries lie, and what they hold. Nothing of them is kept here, so that no command can miss a change. */
import type { Dma } from '../../device.ts';
import { field, putField, readWords, writeWords, type Words } from './words.ts';

/**
 * Why there is no entry: its number is out of range or its table does not have it (a command is ignored then), or the table lies where no
 * memory is (the commands stall), as on QEMU; the manual leaves it to the implementation (IHI 0069, "ITS command errors").
 */
export type Miss = 'invalid' | 'unreachable';

export function isMiss<T>(found: T | Miss): found is Miss {
  return found === 'invalid' || found === 'unreachable';
}

export interface DeviceEntry {
  /** How many events the device has. */
  readonly events: number;
  /** The address of its interrupt translation table. */
  readonly translations: number;
}

/** What an event of a device becomes. */
export interface TranslationEntry {
  readonly intid: number;
  readonly collection: number;
}

/** DeviceIDs, EventIDs and collection IDs have 16 bits (GITS_TYPER), and so have INTIDs and the numbers of cores. */
export const ID_BITS = 16;
/** GITS_BASER<n>.Entry_Size of both tables, GITS_TYPER.ITT_entry_size, and the entries of a first level. */
export const ENTRY_BYTES = 8;
export const TRANSLATION_BYTES = 12;
const LEVEL1_BYTES = 8;

const KiB = 1024;
/** GITS_BASER<n>.Page_Size; 0b11 is as 0b10. */
const pageSizes = [4 * KiB, 16 * KiB, 64 * KiB, 64 * KiB] as const;

const VALID_BIT = 63;

/** A table as its GITS_BASER<n> describes it. */
class Table {
  private readonly dma: Dma;
  private readonly baser: Words;

  /** `baser` is the register itself: it changes only while the ITS is off. */
  constructor(dma: Dma, baser: Words) {
    this.dma = dma;
    this.baser = baser;
  }

  /** Whether entries go so far; none do of a table that is not there. */
  has(id: number): boolean {
    const bytes = (field(this.baser, 0, 8) + 1) * this.pageBytes;
    const count = this.isIndirect ? (bytes / LEVEL1_BYTES) * this.entriesOfPage : bytes / ENTRY_BYTES;
    return field(this.baser, VALID_BIT, 1) === 1 && id < Math.min(count, 2 ** ID_BITS);
  }

  /** The address of an entry. */
  addressOf(id: number): number | Miss {
    const { pageBytes, entriesOfPage } = this;
    if (!this.has(id)) return 'invalid';
    if (!this.isIndirect) return this.base + id * ENTRY_BYTES;
    const level1 = readWords(this.dma, this.base + Math.floor(id / entriesOfPage) * LEVEL1_BYTES, 2);
    if (!level1) return 'unreachable';
    if (field(level1, VALID_BIT, 1) === 0) return 'invalid';
    const shift = Math.log2(pageBytes);
    return field(level1, shift, 52 - shift) * pageBytes + (id % entriesOfPage) * ENTRY_BYTES;
  }

  private get pageBytes(): number {
    return pageSizes[field(this.baser, 8, 2)] as number;
  }

  private get entriesOfPage(): number {
    return this.pageBytes / ENTRY_BYTES;
  }

  private get isIndirect(): boolean {
    return field(this.baser, 62, 1) === 1;
  }

  /** With pages of 64 KiB the upper bits of 52-bit addresses lie where the lower ones would (GITS_BASER<n>.Physical_Address). */
  private get base(): number {
    if (this.pageBytes < 64 * KiB) return field(this.baser, 12, 36) * 4 * KiB;
    return field(this.baser, 12, 4) * 2 ** 48 + field(this.baser, 16, 32) * 64 * KiB;
  }
}

/** Devices, collections and translations. What entries look like is IMPLEMENTATION DEFINED; they are as QEMU has them. */
export class Tables {
  private readonly dma: Dma;
  private readonly devices: Table;
  private readonly collections: Table;

  constructor(dma: Dma, devices: Words, collections: Words) {
    this.dma = dma;
    this.devices = new Table(dma, devices);
    this.collections = new Table(dma, collections);
  }

  /** An entry of a device: valid, bits of its EventIDs - 1, its translation table in units of 256 bytes. */
  device(id: number): DeviceEntry | Miss {
    const words = this.read(this.devices.addressOf(id), ENTRY_BYTES / 4);
    if (isMiss(words)) return words;
    return { events: 2 ** (field(words, 1, 5) + 1), translations: field(words, 6, 44) * 256 };
  }

  setDevice(id: number, entry: DeviceEntry | undefined): Miss | undefined {
    return this.write(
      this.devices.addressOf(id),
      ENTRY_BYTES / 4,
      entry && [
        [1, 5, Math.log2(entry.events) - 1],
        [6, 44, entry.translations / 256],
      ],
    );
  }

  /** The number of the core whose redistributor has a collection. */
  collection(id: number): number | Miss {
    const words = this.read(this.collections.addressOf(id), ENTRY_BYTES / 4);
    return isMiss(words) ? words : field(words, 1, 16);
  }

  /** Whether there is room for a collection, mapped or not. */
  hasCollection(id: number): boolean {
    return this.collections.has(id);
  }

  setCollection(id: number, core: number | undefined): Miss | undefined {
    return this.write(this.collections.addressOf(id), ENTRY_BYTES / 4, core === undefined ? undefined : [[1, 16, core]]);
  }

  /** The table may be anything: the INTID has 24 bits, and an entry that is not of a physical interrupt counts as none. */
  translation(device: DeviceEntry, event: number): TranslationEntry | Miss {
    const words = this.read(translationAddress(device, event), TRANSLATION_BYTES / 4);
    if (isMiss(words)) return words;
    if (field(words, 1, 1) === 0) return 'invalid';
    return { intid: field(words, 2, 24), collection: field(words, 32, 16) };
  }

  setTranslation(device: DeviceEntry, event: number, entry: TranslationEntry | undefined): Miss | undefined {
    return this.write(
      translationAddress(device, event),
      TRANSLATION_BYTES / 4,
      entry && [
        [1, 1, 1],
        [2, 24, entry.intid],
        [32, 16, entry.collection],
        [64, 24, NO_DOORBELL],
      ],
    );
  }

  /** An entry that is valid. */
  private read(address: number | Miss, count: number): Uint32Array | Miss {
    if (isMiss(address)) return address;
    const words = readWords(this.dma, address, count);
    if (!words) return 'unreachable';
    return field(words, 0, 1) === 1 ? words : 'invalid';
  }

  /** Makes an entry valid with these fields, or zero without. */
  private write(
    address: number | Miss,
    count: number,
    fields?: readonly (readonly [from: number, width: number, value: number])[],
  ): Miss | undefined {
    if (isMiss(address)) return address;
    const words = new Uint32Array(count);
    if (fields) putField(words, 0, 1, 1);
    for (const [from, width, value] of fields ?? []) putField(words, from, width, value);
    return writeWords(this.dma, address, words) ? undefined : 'unreachable';
  }
}

/** The doorbell of a virtual interrupt, which a physical one has not. */
const NO_DOORBELL = 1023;

/** 'invalid' where the device does not have the event. */
function translationAddress({ events, translations }: DeviceEntry, event: number): number | Miss {
  return event < events ? translations + event * TRANSLATION_BYTES : 'invalid';
}
