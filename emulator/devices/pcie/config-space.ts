/** Offsets in a header of type 0 (PCI Express Base Specification 4.0 §7.5.1.1, §7.5.1.2). */
export const header = {
  VENDOR: 0x00,
  DEVICE: 0x02,
  COMMAND: 0x04,
  STATUS: 0x06,
  REVISION: 0x08,
  CLASS: 0x09,
  CACHE_LINE: 0x0c,
  BARS: 0x10,
  SUBSYSTEM_VENDOR: 0x2c,
  SUBSYSTEM: 0x2e,
  CAPABILITIES: 0x34,
  INTERRUPT_LINE: 0x3c,
  INTERRUPT_PIN: 0x3d,
  END: 0x40,
} as const;

/** Bits of the command register; and of the status, those that change or may be set. */
export const command = { IO: 1, MEMORY: 2, BUS_MASTER: 4, SERR: 0x100, INTX_DISABLE: 0x400 } as const;
const status = { INTERRUPT: 0x08, CAPABILITIES: 0x10 } as const;

/** Of a function without the PCI Express capability, as those in a root complex may be: the rest of its 4 KiB reads as ones. */
const BYTES = 256;

/** What a function is. */
export interface Identity {
  readonly vendor: number;
  readonly device: number;
  readonly revision: number;
  /** Base class, sub-class and programming interface: 24 bits. */
  readonly classCode: number;
  readonly subsystemVendor: number;
  readonly subsystem: number;
  /** 1 for INTA; 0: it has none. */
  readonly interruptPin: 0 | 1;
}

/** A window of registers that the guest places by a base address register. */
export interface Bar {
  /** Of the first register; one of 64 bits takes two. */
  readonly index: number;
  readonly kind: 'io' | 'memory' | 'memory64';
  /** A power of two, of 16 bytes at least. */
  readonly size: number;
  readonly prefetchable?: boolean;
  read(offset: number, size: 1 | 2 | 4): number;
  write(offset: number, size: 1 | 2 | 4, value: number): void;
}

/** A window that is decoded now. */
export interface PlacedBar {
  readonly bar: Bar;
  readonly address: number;
}

export interface Capability {
  readonly id: number;
  /** What follows the identity and the pointer to the next one, and which bits of it the guest may write. */
  readonly body: Uint8Array;
  readonly writable?: Uint8Array;
}

/** The configuration space of a function: bytes, of which the guest can write some bits. */
export class ConfigSpace {
  /** Where each capability begins. */
  readonly capabilityAt: readonly number[];
  private readonly bytes = new Uint8Array(BYTES);
  private readonly view = new DataView(this.bytes.buffer);
  private readonly writable = new Uint8Array(BYTES);
  private readonly initial: Uint8Array;
  private readonly bars: readonly Bar[];

  constructor(identity: Identity, bars: readonly Bar[], capabilities: readonly Capability[]) {
    this.bars = bars;
    const { view } = this;
    view.setUint16(header.VENDOR, identity.vendor, true);
    view.setUint16(header.DEVICE, identity.device, true);
    view.setUint32(header.REVISION, identity.classCode * 0x100 + identity.revision, true);
    view.setUint16(header.SUBSYSTEM_VENDOR, identity.subsystemVendor, true);
    view.setUint16(header.SUBSYSTEM, identity.subsystem, true);
    this.bytes[header.INTERRUPT_PIN] = identity.interruptPin;
    const masks = new DataView(this.writable.buffer);
    const { IO, MEMORY, BUS_MASTER, SERR, INTX_DISABLE } = command;
    masks.setUint16(header.COMMAND, IO | MEMORY | BUS_MASTER | SERR | INTX_DISABLE, true);
    masks.setUint8(header.CACHE_LINE, 0xff);
    masks.setUint8(header.INTERRUPT_LINE, 0xff);
    for (const bar of bars) {
      const at = header.BARS + 4 * bar.index;
      // What is not writable reads as zero: so a guest finds the size (§7.5.1.2.1).
      view.setUint32(at, typeBits(bar), true);
      masks.setUint32(at, -bar.size, true);
      if (bar.kind === 'memory64') masks.setUint32(at + 4, 0xffff_ffff, true);
    }
    this.capabilityAt = this.placeCapabilities(capabilities);
    this.initial = this.bytes.slice();
  }

  private placeCapabilities(capabilities: readonly Capability[]): number[] {
    let end: number = header.END;
    if (capabilities.length > 0) this.view.setUint16(header.STATUS, status.CAPABILITIES, true);
    return capabilities.map(({ id, body, writable }) => {
      const at = end;
      // A list that begins with the last one, as on QEMU.
      this.bytes.set([id, this.bytes[header.CAPABILITIES]!, ...body], at);
      this.bytes[header.CAPABILITIES] = at;
      if (writable) this.writable.set(writable, at + 2);
      // §7.5.1.1.11: at multiples of four.
      end = (at + 2 + body.length + 3) & ~3;
      return at;
    });
  }

  /** Aligned accesses; behind the end there is nothing. */
  read(offset: number, size: 1 | 2 | 4): number {
    if (offset >= BYTES) return allOnes(size);
    if (size === 1) return this.view.getUint8(offset);
    return size === 2 ? this.view.getUint16(offset, true) : this.view.getUint32(offset, true);
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    for (let at = offset; at < offset + size && at < BYTES; at++) {
      const mask = this.writable[at]!;
      this.bytes[at] = (this.bytes[at]! & ~mask) | ((value >>> (8 * (at - offset))) & mask);
    }
  }

  has(bit: number): boolean {
    return (this.view.getUint16(header.COMMAND, true) & bit) !== 0;
  }

  setInterruptStatus(pending: boolean): void {
    const value = this.view.getUint16(header.STATUS, true) & ~status.INTERRUPT;
    this.view.setUint16(header.STATUS, value | (pending ? status.INTERRUPT : 0), true);
  }

  /** Where the windows lie that are decoded now. */
  get decoded(): PlacedBar[] {
    return this.bars
      .filter(({ kind }) => this.has(kind === 'io' ? command.IO : command.MEMORY))
      .map((bar) => ({ bar, address: this.addressOf(bar) }));
  }

  private addressOf({ index, kind, size }: Bar): number {
    const at = header.BARS + 4 * index;
    const low = (this.view.getUint32(at, true) & -size) >>> 0;
    return kind === 'memory64' ? this.view.getUint32(at + 4, true) * 2 ** 32 + low : low;
  }

  reset(): void {
    this.bytes.set(this.initial);
  }

  save(): Uint8Array {
    return this.bytes.slice();
  }

  restore(bytes: Uint8Array): void {
    this.bytes.set(bytes);
  }
}

/** The low bits of a base address register. */
function typeBits({ kind, prefetchable }: Bar): number {
  if (kind === 'io') return 1;
  return (kind === 'memory64' ? 4 : 0) | (prefetchable ? 8 : 0);
}

/** What is read where nothing is. */
export const allOnes = (size: 1 | 2 | 4): number => 2 ** (8 * size) - 1;
