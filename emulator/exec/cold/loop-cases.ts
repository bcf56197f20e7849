import { rows } from '../../isa/a64/index.ts';
import type { Row } from '../../isa/derive/insn.ts';

/**
 * The variants that are cases of the loop itself: those that boots execute most. All others are functions, compiled when first
 * decoded; a call costs about 4 ns. A case costs compile time and registers in the one big function, so this is no place for rare ones.
 */
const hot: Record<string, (f: Record<string, number>) => boolean> = {
  ADR: () => true,
  ADRP: () => true,
  ADDSUB_imm: () => true,
  ADDSUB_shift: (f) => f.shift === 0 || f.sf === 1,
  ADDSUB_ext: (f) => f.sf === 1 && f.S === 0 && [2, 6, 3].includes(f.option as number),
  LOGICAL_imm: () => true,
  LOGICAL_shift: (f) => f.shift < 2,
  MOVN: () => true,
  MOVZ: () => true,
  MOVK: () => true,
  BITFIELD: () => true,
  EXTR: () => true,
  B: () => true,
  BL: () => true,
  B_cond: (f) => (f.cond as number) < 14,
  CBZ: () => true,
  TBZ: () => true,
  BR: () => true,
  BLR: () => true,
  RET: () => true,
  CSEL: (f) => (f.cond as number) < 14 && f.op === 0,
  CCMP_imm: (f) => f.op === 1 && [0, 1, 2, 3, 8, 9].includes(f.cond as number),
  CCMP: (f) => f.op === 1 && [0, 1, 2, 3].includes(f.cond as number),
  MADD: () => true,
  LSLV: () => true,
  LSRV: () => true,
  HINT: () => true,
  DMB: () => true,
  LDST_uimm: () => true,
  LDST_unscaled: () => true,
  LDST_post: () => true,
  LDST_pre: () => true,
  LDST_reg: (f) => [2, 3, 6].includes(f.option as number),
  LDR_lit: (f) => (f.opc as number) < 2,
  LDSTP: (f) => f.mode !== 0,
  LDAR: () => true,
  STLR: () => true,
  REV_w: () => true,
  REV_x: () => true,
};

/** Every combination of a row's variant fields that is allocated under `when` for some immediates, chosen by `wanted`. */
function combinations(row: Row, wanted: (f: Record<string, number>) => boolean): Record<string, number>[] {
  let all: Record<string, number>[] = [{}];
  for (const { name, width } of row.variantFields) {
    all = all.flatMap((fields) => Array.from({ length: 2 ** width }, (_, value) => ({ ...fields, [name]: value })));
  }
  return all.filter(wanted).filter((fields) => {
    const rest = Object.fromEntries(
      row.fields.filter(({ name }) => !(name in fields)).map(({ name }) => [name, name === 'immN' ? (fields.sf ?? 0) : 0]),
    );
    return row.valid?.({ ...rest, ...fields }) ?? true;
  });
}

export const loopCases: readonly { row: Row; fields: Record<string, number> }[] = rows.flatMap((row) => {
  const wanted = hot[row.name];
  return wanted ? combinations(row, wanted).map((fields) => ({ row, fields })) : [];
});
