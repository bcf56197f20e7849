/** The state of a core before and after a case, as the harness lays it out (user/harness.c). */

export const layout = {
  CODE_BASE: 0x40_0000_0000n,
  CODE_SIZE: 0x40_0000,
  WINDOW_BASE: 0x41_2345_6000n,
  WINDOW_SIZE: 0x2000,
  READ_ONLY_SIZE: 0x1000,
  WORDS: 4,
  CHANGED_BYTES: 64,
  /** BRK #0, which ends a case. */
  BRK: 0xd420_0000,
} as const;

const STATE_BYTES = 792;
export const RECORD_BYTES = layout.WORDS * 4 + STATE_BYTES;
export const ANSWER_BYTES = STATE_BYTES + 24 + layout.CHANGED_BYTES;

/** Offsets in a state; a record has its words before it, an answer the outcome behind it. */
const at = { x: 0, sp: 248, pc: 256, nzcv: 264, fpcr: 268, fpsr: 272, v: 280 } as const;

/** Linux's numbers, in which qemu-aarch64 tells how a case ended. */
export const signals = { ILL: 4, TRAP: 5, BUS: 7, SEGV: 11, ENDLESS: 14 } as const;
/** Registers of a case. Unsigned values. */
export class State {
  readonly view: DataView;

  constructor(buffer: ArrayBufferLike = new ArrayBuffer(STATE_BYTES), offset = 0) {
    this.view = new DataView(buffer, offset, STATE_BYTES);
  }

  /** X0 to X30, as the core state has them, too. */
  get bytesOfX(): Uint8Array {
    return new Uint8Array(this.view.buffer, this.view.byteOffset + at.x, 31 * 8);
  }

  get bytesOfV(): Uint8Array {
    return new Uint8Array(this.view.buffer, this.view.byteOffset + at.v, 32 * 16);
  }

  getX = (n: number): bigint => this.view.getBigUint64(at.x + n * 8, true);
  setX = (n: number, value: bigint): void => this.view.setBigUint64(at.x + n * 8, value, true);
  /** Half 0 (low) or 1 of V[n]. */
  getV = (n: number, half: number): bigint => this.view.getBigUint64(at.v + n * 16 + half * 8, true);
  setV = (n: number, half: number, value: bigint): void => this.view.setBigUint64(at.v + n * 16 + half * 8, value, true);

  get sp(): bigint {
    return this.view.getBigUint64(at.sp, true);
  }
  set sp(value: bigint) {
    this.view.setBigUint64(at.sp, value, true);
  }
  get pc(): bigint {
    return this.view.getBigUint64(at.pc, true);
  }
  set pc(value: bigint) {
    this.view.setBigUint64(at.pc, value, true);
  }
  /** Bits 31:28. */
  get nzcv(): number {
    return this.view.getUint32(at.nzcv, true);
  }
  set nzcv(value: number) {
    this.view.setUint32(at.nzcv, value, true);
  }
  get fpcr(): number {
    return this.view.getUint32(at.fpcr, true);
  }
  set fpcr(value: number) {
    this.view.setUint32(at.fpcr, value, true);
  }
  get fpsr(): number {
    return this.view.getUint32(at.fpsr, true);
  }
  set fpsr(value: number) {
    this.view.setUint32(at.fpsr, value, true);
  }
}

/** What is run: up to four words in a row, then BRK; the state they start from; the memory window is the batch's image. */
export interface Case {
  readonly words: readonly number[];
  readonly state: State;
}

/** How a case ended. */
export class Answer {
  readonly state: State;
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(buffer: ArrayBufferLike = new ArrayBuffer(ANSWER_BYTES), offset = 0) {
    this.state = new State(buffer, offset);
    this.view = new DataView(buffer, offset, ANSWER_BYTES);
    this.bytes = new Uint8Array(buffer, offset, ANSWER_BYTES);
  }

  get signal(): number {
    return this.view.getUint32(STATE_BYTES, true);
  }

  get code(): number {
    return this.view.getUint32(STATE_BYTES + 4, true);
  }

  get address(): bigint {
    return this.view.getBigUint64(STATE_BYTES + 8, true);
  }

  setOutcome(signal: number, code: number, address: bigint): void {
    this.view.setUint32(STATE_BYTES, signal, true);
    this.view.setUint32(STATE_BYTES + 4, code, true);
    this.view.setBigUint64(STATE_BYTES + 8, address, true);
  }

  /** Offset in the window of the first byte that changed; WINDOW_SIZE where none did. */
  get changedAt(): number {
    return Number(this.view.getBigUint64(STATE_BYTES + 16, true));
  }

  get changed(): Uint8Array {
    return this.bytes.subarray(STATE_BYTES + 24);
  }

  setChanged(window: Uint8Array, image: Uint8Array): void {
    let from = 0;
    while (from < image.length && window[from] === image[from]) from++;
    this.view.setBigUint64(STATE_BYTES + 16, BigInt(from), true);
    this.changed.fill(0);
    this.changed.set(window.subarray(from, from + layout.CHANGED_BYTES));
  }
}

export function writeRecord(to: Uint8Array, { words, state }: Case): void {
  const view = new DataView(to.buffer, to.byteOffset, RECORD_BYTES);
  for (let i = 0; i < layout.WORDS; i++) view.setUint32(i * 4, words[i] ?? layout.BRK, true);
  to.set(new Uint8Array(state.view.buffer, state.view.byteOffset, STATE_BYTES), layout.WORDS * 4);
}

/** The parts of a state by name, for comparisons and reports. */
export function* namedParts(state: State): Generator<readonly [name: string, value: bigint]> {
  for (let n = 0; n < 31; n++) yield [`X${n}`, state.getX(n)];
  yield ['SP', state.sp];
  yield ['PC', state.pc];
  yield ['NZCV', BigInt(state.nzcv >>> 28)];
  yield ['FPCR', BigInt(state.fpcr)];
  yield ['FPSR', BigInt(state.fpsr)];
  for (let n = 0; n < 32; n++) yield [`V${n}`, (state.getV(n, 1) << 64n) | state.getV(n, 0)];
}
