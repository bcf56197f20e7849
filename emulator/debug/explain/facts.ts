/** What follows from a death at once, for the rules that guess at its cause. */
import { disassemble } from '../isa.ts';
import { decodeSyndrome, isDataAbort, isInstructionAbort, type Syndrome } from '../syndrome/decode.ts';
import { mmuIsOn } from '../translation/stage.ts';
import { translate, type Translation, type Wanted } from '../translation/walk.ts';
import { bit, bits } from '../views.ts';
import type { Branch, Death, Taken } from './death.ts';

export interface Instruction {
  readonly word: number;
  /** As objdump writes it; absent where the word is no instruction. */
  readonly text?: string;
}

export interface Facts {
  readonly death: Death;
  readonly taken: Taken;
  /** Absent for an interrupt. */
  readonly syndrome: Syndrome | undefined;
  readonly interrupt: 'IRQ' | 'FIQ' | 'SError' | undefined;
  /** Where it came from. */
  readonly el: number;
  readonly mmuOn: boolean;
  /** Where the instruction lies: ELR, or before it after a call. */
  readonly pc: bigint;
  /** At `pc`; absent where nothing can be read. */
  readonly instruction: Instruction | undefined;
  /** The register that an address was made of: `sp`, `x3`. */
  readonly base: string | undefined;
  /** Stack pointer of the code that was interrupted. */
  readonly sp: bigint;
  /** The address that could not be reached, and the way to it. */
  readonly address: bigint | undefined;
  readonly wanted: Wanted;
  readonly way: Translation | undefined;
  /** The newest branch that led to the code at ELR. */
  readonly arrival: Branch | undefined;
  /** Where the exception went. */
  readonly vector: bigint;
}

const interrupts = ['IRQ', 'FIQ', 'SError'] as const;
const PC_ALIGNMENT = 0x22;

/** SVC, HVC and SMC: what they return to is the next instruction. */
export const isCallClass = (ec: number): boolean => ec >= 0x15 && ec <= 0x17;

export function isInterrupt({ esr }: Taken): boolean {
  return bit(esr, 32);
}

/** Facts about an exception. `isCause`: the core is as that exception left it. */
export function factsOf(death: Death, taken: Taken = death.cause): Facts {
  const { core } = death;
  const interrupt = isInterrupt(taken) ? interrupts[bits(taken.esr, 0, 2)] : undefined;
  const syndrome = interrupt ? undefined : decodeSyndrome(taken.esr);
  const el = bits(taken.spsr, 2, 2);
  const ec = syndrome?.ec ?? -1;
  const pc = isCallClass(ec) ? taken.elr - 4n : taken.elr;
  const instruction = instructionAt(death, pc, el);
  const isFetch = isInstructionAbort(ec);
  const isData = isDataAbort(ec);
  const wanted: Wanted = { access: isFetch ? 'execute' : syndrome?.isWrite ? 'write' : 'read', user: el === 0 };
  const address = isFetch || isData || ec === PC_ALIGNMENT ? taken.far : undefined;
  return {
    ...{ death, taken, syndrome, interrupt, el, pc, instruction, wanted, address },
    mmuOn: mmuIsOn(core, el),
    base: /\[(sp|x\d+)/.exec(instruction?.text ?? '')?.[1],
    sp: stackPointer(death, taken.spsr),
    way: address === undefined ? undefined : translate(core, death.memory, death.paBits, address, el, wanted),
    arrival: arrivalAt(death, taken),
    vector: vectorOf(death, taken, interrupt),
  };
}

/** The word at an address as the level fetches it: by the tables, or (with a table that is wrong) where it lies physically. */
export function instructionAt(death: Death, address: bigint, el: number): Instruction | undefined {
  const { pa } = translate(death.core, death.memory, death.paBits, address, el);
  const bytes = death.memory.read(pa ?? address, 4);
  return bytes && toInstruction(new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true), address);
}

export function toInstruction(word: number, address: bigint): Instruction {
  const text = disassemble(word, address)?.replaceAll('\t', ' ');
  return { word, ...(text === undefined ? {} : { text }) };
}

function stackPointer({ core }: Death, spsr: bigint): bigint {
  const ownStack = bit(spsr, 0) ? bits(spsr, 2, 2) : 0;
  const inUse = core.get32('SPSEL') !== 0 ? core.get32('EL') : 0;
  return ownStack === inUse ? core.x(31) : core.get64('SP_BANK', ownStack);
}

function arrivalAt({ branches }: Death, { elr }: Taken): Branch | undefined {
  // The last entry is the exception itself.
  const before = branches?.slice(0, -1).at(-1);
  return before && before.to <= elr && elr - before.to < 0x1000n ? before : undefined;
}

function vectorOf({ core }: Death, { spsr }: Taken, interrupt: Facts['interrupt']): bigint {
  const from = bits(spsr, 2, 2);
  const to = Math.max(core.get32('EL'), 1);
  const group = to > from ? 0x400n : bit(spsr, 0) ? 0x200n : 0n;
  const kind = interrupt ? BigInt(0x80 * (interrupts.indexOf(interrupt) + 1)) : 0n;
  return core.get64(`VBAR_EL${to}`) + group + kind;
}
