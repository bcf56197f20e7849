/**
 * Address translation as DDI 0487 D8 describes it, for AT instructions at EL2: written from the manual, with nothing of the emulator's. What
 * it reads of memory it asks for by physical address, so a test can make tables up on the way.
 */

export interface Registers {
  readonly SCTLR_EL1: bigint;
  readonly TCR_EL1: bigint;
  readonly TTBR0_EL1: bigint;
  readonly TTBR1_EL1: bigint;
  readonly MAIR_EL1: bigint;
  readonly SCTLR_EL2: bigint;
  readonly TCR_EL2: bigint;
  readonly TTBR0_EL2: bigint;
  readonly MAIR_EL2: bigint;
  readonly HCR_EL2: bigint;
  readonly VTCR_EL2: bigint;
  readonly VTTBR_EL2: bigint;
}

/** What is asked: through the tables of a level, as a write, with EL0's rights, through stage 2 as well. */
export interface Question {
  readonly va: bigint;
  readonly regime: 1 | 2;
  readonly write: boolean;
  readonly user: boolean;
  readonly both: boolean;
}

/** Where a walk ends: a value of PAR_EL1, or an external abort with its status. */
export type Answer = { readonly par: bigint } | { readonly abort: number };

export interface Model {
  readonly paBits: number;
  /** A descriptor of a table; undefined where there is no memory. */
  read(pa: bigint): bigint | undefined;
}

class Fault {
  readonly status: number;
  readonly isStage2: boolean;
  readonly onWalk: boolean;

  constructor(status: number, isStage2 = false, onWalk = false) {
    this.status = status;
    this.isStage2 = isStage2;
    this.onWalk = onWalk;
  }
}

const [ADDRESS_SIZE, TRANSLATION, ACCESS_FLAG, PERMISSION, EXTERNAL] = [0x00, 0x04, 0x08, 0x0c, 0x14];

const bits = (value: bigint, high: number, low: number): bigint => (value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
const field = (value: bigint, high: number, low: number): number => Number(bits(value, high, low));
const bit = (value: bigint, n: number): boolean => bits(value, n, n) === 1n;
const isBelow = (value: bigint, width: number): boolean => value >> BigInt(width) === 0n;

/** Implemented output sizes by IPS and PS. */
const sizeOf = (code: number, paBits: number): number => Math.min([32, 36, 40, 42, 44, 48, 48, 48][code] as number, paBits);

interface Table {
  readonly grain: number;
  readonly inputBits: number;
  readonly startLevel: number;
  readonly outputBits: number;
  readonly base: bigint;
}

interface Leaf {
  readonly pa: bigint;
  readonly descriptor: bigint;
  readonly level: number;
  /** Table attributes of all levels above: PXNTable, XNTable, APTable. */
  readonly tables: bigint;
}

const shiftOf = (table: Table, level: number): number => table.grain + (3 - level) * (table.grain - 3);

/** Follows tables from the one where a walk starts; `fetch` gives a descriptor. */
function follow(table: Table, input: bigint, fetch: (address: bigint, level: number) => bigint): Leaf {
  const firstBits = table.inputBits - shiftOf(table, table.startLevel);
  let base = (table.base >> BigInt(firstBits + 3)) << BigInt(firstBits + 3);
  if (!isBelow(base, table.outputBits)) throw new Fault(ADDRESS_SIZE);
  let tables = 0n;
  for (let level = table.startLevel; ; level++) {
    const shift = shiftOf(table, level);
    const width = level === table.startLevel ? firstBits : table.grain - 3;
    const descriptor = fetch(base + bits(input, shift + width - 1, shift) * 8n, level);
    if (!bit(descriptor, 0)) throw new Fault(TRANSLATION + level);
    const address = bits(descriptor, 47, 12) << 12n;
    if (level < 3 && bit(descriptor, 1)) {
      base = (address >> BigInt(table.grain)) << BigInt(table.grain);
      if (!isBelow(base, table.outputBits)) throw new Fault(ADDRESS_SIZE + level);
      tables |= descriptor;
      continue;
    }
    const isPage = level === 3 && bit(descriptor, 1);
    const isBlock = !bit(descriptor, 1) && (level === 2 || (level === 1 && table.grain === 12));
    if (!isPage && !isBlock) throw new Fault(TRANSLATION + level);
    const output = (address >> BigInt(shift)) << BigInt(shift);
    if (!isBelow(output, table.outputBits)) throw new Fault(ADDRESS_SIZE + level);
    if (!bit(descriptor, 10)) throw new Fault(ACCESS_FLAG + level);
    return { pa: output + bits(input, shift - 1, 0), descriptor, level, tables };
  }
}

interface Output {
  readonly pa: bigint;
  readonly attributes: number;
  readonly shareability: number;
}

function secondTable(registers: Registers, paBits: number): Table | undefined {
  const { VTCR_EL2: vtcr, VTTBR_EL2: base } = registers;
  const inputBits = 64 - field(vtcr, 5, 0);
  const grain = [12, 16, 14, 12][field(vtcr, 15, 14)] as number;
  const sl0 = field(vtcr, 7, 6);
  const startLevel = (grain === 12 ? 2 : 3) - sl0;
  if (inputBits < 25 || inputBits > 48 || inputBits > paBits || startLevel < 0) return undefined;
  // Levels that exist only where addresses are large enough.
  if (grain === 12 && startLevel === 0 && paBits <= 42) return undefined;
  if (grain !== 12 && (startLevel === 0 || (startLevel === 1 && paBits <= (grain === 16 ? 42 : 40)))) return undefined;
  const table = { grain, inputBits, startLevel, outputBits: sizeOf(field(vtcr, 18, 16), paBits), base: bits(base, 47, 1) << 1n };
  const entries = inputBits - shiftOf(table, startLevel);
  // Between two entries and 16 tables side by side.
  return entries >= 1 && entries <= grain - 3 + 4 ? table : undefined;
}

function secondStage(model: Model, registers: Registers, ipa: bigint, write: boolean, onWalk: boolean): Output {
  const mark = (status: number): Fault => new Fault(status, true, onWalk);
  const table = secondTable(registers, model.paBits);
  if (!table || !isBelow(ipa, table.inputBits)) throw mark(TRANSLATION);
  try {
    const leaf = follow(table, ipa, (address, level) => {
      const value = model.read(address);
      if (value === undefined) throw new Fault(EXTERNAL + level);
      return value;
    });
    const allowed = bit(leaf.descriptor, write && !onWalk ? 7 : 6);
    if (!allowed) throw new Fault(PERMISSION + leaf.level);
    const attribute = field(leaf.descriptor, 5, 2);
    const isDevice = attribute < 4;
    if (onWalk && isDevice && bit(registers.HCR_EL2, 2)) throw new Fault(PERMISSION + leaf.level);
    const forced = !isDevice && bit(registers.HCR_EL2, 32);
    const nibble = (code: number): number => (code === 1 ? 4 : (code << 2) | 3);
    const attributes = isDevice ? attribute << 2 : forced ? 0x44 : (nibble(attribute >> 2) << 4) | nibble(attribute & 3);
    return { pa: leaf.pa, attributes, shareability: field(leaf.descriptor, 9, 8) };
  } catch (fault) {
    throw fault instanceof Fault ? mark(fault.status) : fault;
  }
}

function firstTable(
  registers: Registers,
  { va, regime }: Question,
  paBits: number,
): { table: Table; upper: boolean } | undefined {
  const tcr = regime === 2 ? registers.TCR_EL2 : registers.TCR_EL1;
  const upper = regime === 1 && bit(va, 55);
  const inputBits = 64 - field(tcr, upper ? 21 : 5, upper ? 16 : 0);
  if (inputBits < 25 || inputBits > 48) return undefined;
  const ignoresTop = regime === 2 ? bit(tcr, 20) : bit(tcr, upper ? 38 : 37);
  const top = ignoresTop ? 55 : 63;
  const expected = upper ? (1n << BigInt(top - inputBits + 1)) - 1n : 0n;
  if (bits(va, top, inputBits) !== expected) return undefined;
  if (regime === 1 && bit(tcr, upper ? 23 : 7)) return undefined;
  const code = field(tcr, upper ? 31 : 15, upper ? 30 : 14);
  const grain = (upper ? [12, 14, 12, 16] : [12, 16, 14, 12])[code] as number;
  let startLevel = 3;
  while (inputBits > grain + (4 - startLevel) * (grain - 3)) startLevel--;
  const outputBits = sizeOf(regime === 2 ? field(tcr, 18, 16) : field(tcr, 34, 32), paBits);
  const base = regime === 2 ? registers.TTBR0_EL2 : upper ? registers.TTBR1_EL1 : registers.TTBR0_EL1;
  return { table: { grain, inputBits, startLevel, outputBits, base: bits(base, 47, 1) << 1n }, upper };
}

function firstStage(model: Model, registers: Registers, question: Question): Output {
  const { va, regime, write, user } = question;
  const { HCR_EL2: hcr } = registers;
  const [tge, dc, vm] = [bit(hcr, 27), bit(hcr, 12), bit(hcr, 0)];
  const isOn = regime === 2 ? bit(registers.SCTLR_EL2, 0) : bit(registers.SCTLR_EL1, 0) && !tge && !dc;
  if (!isOn) {
    const tbi = regime === 2 ? bit(registers.TCR_EL2, 20) : bit(registers.TCR_EL1, bit(va, 55) ? 38 : 37);
    const address = tbi ? bits(va, 55, 0) : va;
    if (!isBelow(address, model.paBits)) throw new Fault(ADDRESS_SIZE);
    return regime === 1 && dc
      ? { pa: address, attributes: 0xff, shareability: 0 }
      : { pa: address, attributes: 0, shareability: 2 };
  }
  const found = firstTable(registers, question, model.paBits);
  if (!found) throw new Fault(TRANSLATION);
  const leaf = follow(found.table, bits(va, found.table.inputBits - 1, 0), (address, level) => {
    const at = regime === 1 && (vm || dc) ? secondStage(model, registers, address, false, true).pa : address;
    const value = model.read(at);
    if (value === undefined) throw new Fault(EXTERNAL + level);
    return value;
  });
  const { descriptor, tables } = leaf;
  const readOnly = bit(descriptor, 7) || bit(tables, 62);
  const forUser = bit(descriptor, 6) && !bit(tables, 61);
  if ((write && readOnly) || (regime === 1 && user && !forUser)) throw new Fault(PERMISSION + leaf.level);
  const mair = regime === 2 ? registers.MAIR_EL2 : registers.MAIR_EL1;
  const index = field(descriptor, 4, 2);
  return { pa: leaf.pa, attributes: field(mair, index * 8 + 7, index * 8), shareability: field(descriptor, 9, 8) };
}

const isDevice = (attributes: number): boolean => attributes >> 4 === 0;

/** Cacheability of half a MAIR byte: 0 none, 1 write-through, 2 write-back. */
const cacheability = (half: number): number => (half === 4 ? 0 : [1, 2, 1, 2][half >> 2]) as number;

function combine(first: Output, second: Output): Output {
  const half = (a: number, b: number): number => {
    const least = Math.min(cacheability(a), cacheability(b));
    if (least === 0) return 4;
    // Allocation hints are those of stage 1; what was write-back and is to be write-through is not transient.
    return cacheability(a) === least ? a : 8 | (a & 3);
  };
  const [a, b] = [first.attributes, second.attributes];
  let attributes = (half(a >> 4, b >> 4) << 4) | half(a & 15, b & 15);
  if (isDevice(a) && isDevice(b)) attributes = Math.min(a, b);
  else if (isDevice(a)) attributes = a;
  else if (isDevice(b)) attributes = b;
  const order = [2, 3];
  const shareability = order.find((one) => first.shareability === one || second.shareability === one) ?? 0;
  return { pa: second.pa, attributes, shareability };
}

/** What an AT instruction executed at EL2 leaves. */
export function answer(model: Model, registers: Registers, question: Question): Answer {
  try {
    let output = firstStage(model, registers, question);
    const { HCR_EL2: hcr } = registers;
    if (question.both && question.regime === 1 && (bit(hcr, 0) || bit(hcr, 12))) {
      output = combine(output, secondStage(model, registers, output.pa, question.write, false));
    }
    const outer = isDevice(output.attributes) || output.attributes === 0x44;
    const shareability = outer ? 2 : output.shareability;
    const page = bits(output.pa, 47, 12) << 12n;
    return { par: (BigInt(output.attributes) << 56n) | page | (1n << 11n) | (1n << 9n) | (BigInt(shareability) << 7n) };
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const { status, isStage2, onWalk } = fault;
    if (status >= EXTERNAL && status < EXTERNAL + 4) return { abort: status };
    return { par: 1n | (BigInt(status) << 1n) | (onWalk ? 1n << 8n : 0n) | (isStage2 ? 1n << 9n : 0n) | (1n << 11n) };
  }
}
