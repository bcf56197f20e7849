import { offsetOf, SLOT_SP, stateField } from '../state/layout.ts';

/** A register as debuggers number it, and where the core state has it. PSTATE is the one that is put together from several fields. */
export interface DebugRegister {
  readonly name: string;
  readonly bits: 32 | 64 | 128;
  /** Byte offset in the core state; `undefined` for `cpsr`. */
  readonly offset: number | undefined;
}

interface Feature {
  readonly name: string;
  readonly registers: readonly DebugRegister[];
}

const sizes = { u32: 32, u64: 64, v128: 128 } as const;

function at(name: string, field: string, index = 0): DebugRegister {
  return { name, bits: sizes[stateField(field).type], offset: offsetOf(field, index) };
}

/** The features that GDB knows for AArch64 (GDB manual, "AArch64 Features"), in its order of registers. */
const features: readonly Feature[] = [
  {
    name: 'org.gnu.gdb.aarch64.core',
    registers: [
      ...Array.from({ length: 31 }, (_, n) => at(`x${n}`, 'X', n)),
      at('sp', 'X', SLOT_SP),
      at('pc', 'PC'),
      { name: 'cpsr', bits: 32, offset: undefined },
    ],
  },
  {
    name: 'org.gnu.gdb.aarch64.fpu',
    registers: [...Array.from({ length: 32 }, (_, n) => at(`v${n}`, 'V', n)), at('fpsr', 'FPSR'), at('fpcr', 'FPCR')],
  },
];

/** All registers, by GDB's numbers. */
export const debugRegisters: readonly DebugRegister[] = features.flatMap(({ registers }) => registers);

/** The parts by which a vector register is shown: name of the field, count, type. */
const vectorParts = [
  ['d', 2, 'ieee_double'],
  ['s', 4, 'ieee_single'],
  ['u64', 2, 'uint64'],
  ['u32', 4, 'uint32'],
  ['u8', 16, 'uint8'],
] as const;

function typeOf({ name, bits }: DebugRegister): string {
  if (bits === 128) return 'aarch64v';
  if (name === 'sp') return 'data_ptr';
  return name === 'pc' ? 'code_ptr' : 'int';
}

/** The target description that a debug server answers to `qXfer:features:read:target.xml`. */
export function targetDescription(): string {
  const lines = ['<?xml version="1.0"?>', '<!DOCTYPE target SYSTEM "gdb-target.dtd">', '<target version="1.0">'];
  lines.push('  <architecture>aarch64</architecture>');
  for (const { name, registers } of features) {
    lines.push(`  <feature name="${name}">`);
    if (registers.some(({ bits }) => bits === 128)) {
      for (const [part, count, type] of vectorParts) lines.push(`    <vector id="v${part}" type="${type}" count="${count}"/>`);
      lines.push('    <union id="aarch64v">');
      for (const [part] of vectorParts) lines.push(`      <field name="${part}" type="v${part}"/>`);
      lines.push('    </union>');
    }
    for (const register of registers) {
      lines.push(`    <reg name="${register.name}" bitsize="${register.bits}" type="${typeOf(register)}"/>`);
    }
    lines.push('  </feature>');
  }
  lines.push('</target>', '');
  return lines.join('\n');
}
