import { type OperandSource, type RawFields, type Reg, type RegisterRole, slotOffset } from '../../ir/builder.ts';
import type { Statement } from '../../ir/nodes.ts';
import { type Row, semanticFields, variantKey } from '../../isa/derive/insn.ts';
import { Semantics } from '../../isa/derive/semantics.ts';

/**
 * A micro-op is a record of 16 bytes for one guest instruction: u16 handler, then operands as u16 words at 2, 4, 6, 8, 10, 12, 14; a
 * 64-bit immediate takes 8..15, a 32-bit one 8..11 (and 12..15). A register operand is the byte offset of its slot in the core state.
 */
export const RECORD_BYTES = 16;

type Wanted =
  | { readonly kind: 'register'; readonly reg: Reg; readonly role: RegisterRole; at: number }
  | {
      readonly kind: 'immediate';
      readonly bits: 16 | 32 | 64;
      readonly compute: (fields: RawFields) => number | bigint;
      at: number;
    };

/** A row with its control fields fixed: what a handler is built for, and how a word's fields become the operands of its records. */
export interface Variant {
  readonly row: Row;
  readonly key: string;
  readonly operands: readonly Wanted[];
  readonly statements: readonly Statement[];
}

/** Collects operands in the order in which semantics ask; a second pass of the same semantics gets their places. */
class OperandPlan implements OperandSource {
  readonly wanted: Wanted[] = [];
  private next = 0;
  private placed = false;

  slot(reg: Reg, role: RegisterRole): { kind: 'operand'; at: number } {
    const same = this.wanted.find(
      (w) => w.kind === 'register' && w.reg.field === reg.field && w.reg.plus === reg.plus && w.role === role,
    );
    if (same) return { kind: 'operand', at: same.at };
    if (this.placed) throw new Error('semantics asked for another register in the second pass');
    this.wanted.push({ kind: 'register', reg, role, at: -1 });
    return { kind: 'operand', at: -1 };
  }

  immediate(bits: 16 | 32 | 64, compute: (fields: RawFields) => number | bigint): { operand: number } {
    if (!this.placed) {
      this.wanted.push({ kind: 'immediate', bits, compute, at: -1 });
      return { operand: -1 };
    }
    const immediates = this.wanted.filter((w) => w.kind === 'immediate');
    return { operand: (immediates[this.next++] as Wanted).at };
  }

  place(name: string): void {
    const free = [2, 4, 6, 8, 10, 12, 14];
    const take = (words: number, from: number): number => {
      const at = free.find(
        (offset) =>
          offset >= from && offset % (words * 2) === 0 && [...Array(words).keys()].every((i) => free.includes(offset + i * 2)),
      );
      if (at === undefined) throw new Error(`${name}: the operands do not fit a record`);
      for (let i = 0; i < words; i++) free.splice(free.indexOf(at + i * 2), 1);
      return at;
    };
    const bySize = (bits: number): Wanted[] => this.wanted.filter((w) => (w.kind === 'immediate' ? w.bits : 16) === bits);
    for (const wide of bySize(64)) wide.at = take(4, 8);
    for (const middle of bySize(32)) middle.at = take(2, 8);
    for (const small of bySize(16)) small.at = take(1, 2);
    this.placed = true;
  }
}

/** Builds the variant that a word's fields select. */
export function makeVariant(row: Row, fields: RawFields): Variant {
  const plan = new OperandPlan();
  row.semantics(new Semantics(plan), semanticFields(row, fields));
  plan.place(row.name);
  const builder = new Semantics(plan);
  row.semantics(builder, semanticFields(row, fields));
  return { row, key: variantKey(row, fields), operands: plan.wanted, statements: builder.statements };
}

/** Writes the operands of a record at `address`. */
export function writeOperands(view: DataView, address: number, variant: Variant, fields: RawFields): void {
  for (const operand of variant.operands) {
    const at = address + operand.at;
    if (operand.kind === 'register') {
      const { field, plus } = operand.reg;
      view.setUint16(at, slotOffset(((fields[field] as number) + plus) & 31, operand.role), true);
    } else {
      const value = operand.compute(fields);
      if (operand.bits === 64) view.setBigInt64(at, BigInt.asIntN(64, BigInt(value)), true);
      else if (operand.bits === 32) view.setInt32(at, Number(BigInt.asIntN(32, BigInt(value))), true);
      else view.setUint16(at, Number(value), true);
    }
  }
}
