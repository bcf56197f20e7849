/** What explanations and the monitor see of a machine. They only look: nothing here touches memory, a TLB or a device. */

/** One core at a standstill. Names are those of the state layout (`emulator/state/layout.ts`). */
export interface CoreView {
  readonly index: number;
  readonly pc: bigint;
  /** General register; 31 is the stack pointer in use. */
  x(n: number): bigint;
  get32(name: string, index?: number): number;
  get64(name: string, index?: number): bigint;
}

/** Physical addresses as cores see them. */
export interface PhysicalView {
  /** RAM or flash; `undefined` where no memory is, or where it ends within the range. The bytes are a copy. */
  read(pa: bigint, length: number): Uint8Array | undefined;
  /** What answers there, for a person: `RAM`, `flash0`, `uart0+0x18`; `undefined` where nothing does. */
  describe(pa: bigint): string | undefined;
}

/** A name for an address; `undefined` where none is known. */
export interface SymbolView {
  nearest(address: bigint): SymbolAt | undefined;
  /** The address of a symbol of that name. */
  find(name: string): bigint | undefined;
}

export interface SymbolAt {
  readonly name: string;
  readonly offset: bigint;
  readonly kind: 'code' | 'data' | 'other';
}

export const noSymbols: SymbolView = { nearest: () => undefined, find: () => undefined };

/** `0x40200014`. */
export const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** All sixteen digits. */
export const hex64 = (value: bigint): string => `0x${BigInt.asUintN(64, value).toString(16).padStart(16, '0')}`;

/** `main+0x14`, `main`, or an empty text. */
export function nameOf(symbols: SymbolView, address: bigint): string {
  const found = symbols.nearest(address);
  if (!found) return '';
  return found.offset === 0n ? found.name : `${found.name}+${hex(found.offset)}`;
}

/** Bits `from + width - 1 : from` of a register. */
export const bits = (value: bigint, from: number, width: number): number =>
  Number((value >> BigInt(from)) & ((1n << BigInt(width)) - 1n));

export const bit = (value: bigint, at: number): boolean => ((value >> BigInt(at)) & 1n) !== 0n;
