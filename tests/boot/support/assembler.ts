/** Assembles what bare-metal test programs need of A64 (DDI 0487 C6), with labels. Registers are numbers; 31 is XZR or SP. */
import { sysregs } from '../../../emulator/isa/sysregs/index.ts';
import { operations } from '../../../emulator/isa/sysregs/operations.ts';

const registers = new Map(sysregs.map(({ name, encoding }) => [name, encoding]));
const systemOperations = new Map(operations.map(({ name, encoding }) => [name, encoding]));

export const conditions = {
  eq: 0,
  ne: 1,
  cs: 2,
  cc: 3,
  mi: 4,
  pl: 5,
  vs: 6,
  vc: 7,
  hi: 8,
  ls: 9,
  ge: 10,
  lt: 11,
  gt: 12,
  le: 13,
};
export type Condition = keyof typeof conditions;

function known(map: ReadonlyMap<string, number>, name: string): number {
  const encoding = map.get(name);
  if (encoding === undefined) throw new Error(`no system register or operation ${name}`);
  return encoding;
}

export class Assembler {
  /** Virtual address of the first word. */
  readonly base: number;
  private readonly words: number[] = [];
  private readonly labels = new Map<string, number>();
  private readonly fixes: { at: number; label: string; apply: (distance: number) => number }[] = [];

  constructor(base: number) {
    this.base = base;
  }

  /** Address of the next word. */
  get here(): number {
    return this.base + this.words.length * 4;
  }

  label(name: string): void {
    if (this.labels.has(name)) throw new Error(`label ${name} is there twice`);
    this.labels.set(name, this.here);
  }

  /** The address of a label that was passed. */
  addressOf(label: string): number {
    const address = this.labels.get(label);
    if (address === undefined) throw new Error(`no label ${label}`);
    return address;
  }

  /** The code, with every label resolved. */
  bytes(): Uint8Array {
    for (const { at, label, apply } of this.fixes.splice(0)) {
      this.words[at] = ((this.words[at] as number) | apply(this.addressOf(label) - (this.base + at * 4))) >>> 0;
    }
    return new Uint8Array(Uint32Array.from(this.words).buffer);
  }

  word(...words: number[]): void {
    this.words.push(...words.map((word) => word >>> 0));
  }

  /** Zeroes up to an offset from the base. */
  padTo(offset: number): void {
    if (this.words.length * 4 > offset) throw new Error(`the code is ${this.words.length * 4 - offset} bytes too long`);
    while (this.words.length * 4 < offset) this.words.push(0);
  }

  private toLabel(word: number, label: string, apply: (distance: number) => number): void {
    this.fixes.push({ at: this.words.length, label, apply });
    this.word(word);
  }

  // --- moves and arithmetic, 64 bits ---------------------------------------------------------------------------------------------

  /** MOVZ and as many MOVK as it takes. */
  mov(rd: number, value: number | bigint): void {
    const bits = BigInt.asUintN(64, BigInt(value));
    let opcode = 0xd2800000;
    for (let half = 0; half < 4; half++) {
      const part = Number((bits >> BigInt(half * 16)) & 0xffffn);
      if (part === 0 && !(half === 3 && opcode === 0xd2800000)) continue;
      this.word(opcode | (half << 21) | (part << 5) | rd);
      opcode = 0xf2800000;
    }
  }
  movReg = (rd: number, rm: number): void => this.word(0xaa0003e0 | (rm << 16) | rd);
  /** ADD with SP as one of the registers. */
  movSp = (rd: number, rn: number): void => this.word(0x91000000 | (rn << 5) | rd);
  addi = (rd: number, rn: number, imm: number): void => this.word(0x91000000 | (imm << 10) | (rn << 5) | rd);
  subi = (rd: number, rn: number, imm: number): void => this.word(0xd1000000 | (imm << 10) | (rn << 5) | rd);
  subsi = (rd: number, rn: number, imm: number): void => this.word(0xf1000000 | (imm << 10) | (rn << 5) | rd);
  cmpi = (rn: number, imm: number): void => this.subsi(31, rn, imm);
  add = (rd: number, rn: number, rm: number): void => this.word(0x8b000000 | (rm << 16) | (rn << 5) | rd);
  sub = (rd: number, rn: number, rm: number): void => this.word(0xcb000000 | (rm << 16) | (rn << 5) | rd);
  cmp = (rn: number, rm: number): void => this.word(0xeb00001f | (rm << 16) | (rn << 5));
  /** EOR with the second register rotated right. */
  eor = (rd: number, rn: number, rm: number, ror = 0): void =>
    this.word((ror ? 0xcac00000 : 0xca000000) | (rm << 16) | (ror << 10) | (rn << 5) | rd);
  orr = (rd: number, rn: number, rm: number, lsl = 0): void => this.word(0xaa000000 | (rm << 16) | (lsl << 10) | (rn << 5) | rd);
  madd = (rd: number, rn: number, rm: number, ra: number): void =>
    this.word(0x9b000000 | (rm << 16) | (ra << 10) | (rn << 5) | rd);
  lsl = (rd: number, rn: number, by: number): void =>
    this.word(0xd3400000 | (((64 - by) & 63) << 16) | ((63 - by) << 10) | (rn << 5) | rd);
  lsr = (rd: number, rn: number, by: number): void => this.word(0xd340fc00 | (by << 16) | (rn << 5) | rd);
  /** UBFX: the low bits of a register shifted right. */
  bits = (rd: number, rn: number, from: number, count: number): void =>
    this.word(0xd3400000 | (from << 16) | ((from + count - 1) << 10) | (rn << 5) | rd);
  csel = (rd: number, rn: number, rm: number, condition: Condition): void =>
    this.word(0x9a800000 | (rm << 16) | (conditions[condition] << 12) | (rn << 5) | rd);

  // --- memory ---------------------------------------------------------------------------------------------------------------------

  ldr = (rt: number, rn: number, offset = 0): void => this.word(0xf9400000 | ((offset / 8) << 10) | (rn << 5) | rt);
  str = (rt: number, rn: number, offset = 0): void => this.word(0xf9000000 | ((offset / 8) << 10) | (rn << 5) | rt);
  ldrw = (rt: number, rn: number, offset = 0): void => this.word(0xb9400000 | ((offset / 4) << 10) | (rn << 5) | rt);
  strw = (rt: number, rn: number, offset = 0): void => this.word(0xb9000000 | ((offset / 4) << 10) | (rn << 5) | rt);
  strb = (rt: number, rn: number, offset = 0): void => this.word(0x39000000 | (offset << 10) | (rn << 5) | rt);
  /** STP and LDP on the stack. */
  push = (a: number, b: number): void => this.word(0xa9bf03e0 | (b << 10) | a);
  pop = (a: number, b: number): void => this.word(0xa8c103e0 | (b << 10) | a);
  /** Adds to a 64-bit word in memory; `scratch` is lost. */
  increment(rn: number, offset: number, scratch: number): void {
    this.ldr(scratch, rn, offset);
    this.addi(scratch, scratch, 1);
    this.str(scratch, rn, offset);
  }

  // --- control --------------------------------------------------------------------------------------------------------------------

  b = (label: string): void => this.toLabel(0x14000000, label, (d) => (d >> 2) & 0x3ffffff);
  bl = (label: string): void => this.toLabel(0x94000000, label, (d) => (d >> 2) & 0x3ffffff);
  bIf = (condition: Condition, label: string): void =>
    this.toLabel(0x54000000 | conditions[condition], label, (d) => ((d >> 2) & 0x7ffff) << 5);
  cbz = (rt: number, label: string): void => this.toLabel(0xb4000000 | rt, label, (d) => ((d >> 2) & 0x7ffff) << 5);
  cbnz = (rt: number, label: string): void => this.toLabel(0xb5000000 | rt, label, (d) => ((d >> 2) & 0x7ffff) << 5);
  tbz = (rt: number, bit: number, label: string): void => this.tb(0x36000000, rt, bit, label);
  tbnz = (rt: number, bit: number, label: string): void => this.tb(0x37000000, rt, bit, label);
  private tb(opcode: number, rt: number, bit: number, label: string): void {
    this.toLabel(opcode | ((bit >> 5) << 31) | ((bit & 31) << 19) | rt, label, (d) => ((d >> 2) & 0x3fff) << 5);
  }
  adr = (rd: number, label: string): void =>
    this.toLabel(0x10000000 | rd, label, (d) => ((d & 3) << 29) | (((d >> 2) & 0x7ffff) << 5));
  br = (rn: number): void => this.word(0xd61f0000 | (rn << 5));
  blr = (rn: number): void => this.word(0xd63f0000 | (rn << 5));
  ret = (rn = 30): void => this.word(0xd65f0000 | (rn << 5));
  svc = (imm: number): void => this.word(0xd4000001 | (imm << 5));
  hvc = (imm: number): void => this.word(0xd4000002 | (imm << 5));
  eret = (): void => this.word(0xd69f03e0);
  nop = (): void => this.word(0xd503201f);
  wfi = (): void => this.word(0xd503207f);

  // --- the system -----------------------------------------------------------------------------------------------------------------

  mrs = (rt: number, name: string): void => this.word(0xd5200000 | (known(registers, name) << 5) | rt);
  msr = (name: string, rt: number): void => this.word(0xd5000000 | (known(registers, name) << 5) | rt);
  /** `sys('TLBI VAE1', 3)`; XZR where the operation takes no register. */
  sys = (name: string, rt = 31): void => this.word(0xd5000000 | (known(systemOperations, name) << 5) | rt);
  daifSet = (mask: number): void => this.word(0xd50340df | (mask << 8));
  daifClear = (mask: number): void => this.word(0xd50340ff | (mask << 8));
  isb = (): void => this.word(0xd5033fdf);
  dsb = (): void => this.word(0xd5033b9f);
}
