import { sysregs } from '../isa/sysregs/index.ts';
import { offsetOf, SLOT_SP, stateField, stateFields } from '../state/layout.ts';

/** A register as debuggers number it, and where the core state has it. PSTATE is the one that is put together from several fields. */
export interface DebugRegister {
  readonly name: string;
  readonly bits: 32 | 64 | 128;
  /** Byte offset in the core state; `undefined` for `cpsr`. */
  readonly offset: number | undefined;
  /** The level whose stack pointer it is: kept elsewhere while it is the one in use. */
  readonly stackOf?: number;
  /** Bits that can be written, those that stay one, and whether any can be; all of them where nothing is said. */
  readonly mask?: bigint;
  readonly ones?: bigint;
  readonly readOnly?: boolean;
}

interface Feature {
  readonly name: string;
  /** GDB's group of its registers. */
  readonly group?: string;
  readonly registers: readonly DebugRegister[];
}

const sizes = { u32: 32, u64: 64, v128: 128 } as const;

function at(name: string, field: string, index = 0): DebugRegister {
  return { name, bits: sizes[stateField(field).type], offset: offsetOf(field, index) };
}

const stackPointer = (level: number): DebugRegister => ({
  ...{ name: `SP_EL${level}`, bits: 64, offset: offsetOf('SP_BANK', level), stackOf: level },
});

/** System registers that the state holds: those with a row first, then what else of the levels the state declares. */
function systemRegisters(): DebugRegister[] {
  const rows = sysregs.filter(
    ({ name, field, reads }) =>
      field !== undefined && reads !== undefined && stateField(field).type === 'u64' && !/^S3_|^SP_EL/.test(name),
  );
  const named = rows.map(({ name, field, index, mask, ones, writes }): DebugRegister => ({
    ...{ name, bits: 64, offset: offsetOf(field!, index), mask, ones, readOnly: writes === undefined },
  }));
  const others = stateFields.filter(
    ({ name, type, count, arch }) =>
      arch && type === 'u64' && count === 1 && /_EL[0-3]$/.test(name) && !rows.some((row) => row.field === name),
  );
  // What a guest reads there may not be what the state holds (VMPIDR_EL2 for MPIDR_EL1); what it cannot write, nobody does.
  const fixed = new Set(sysregs.filter(({ writes }) => writes === undefined).map(({ name }) => name));
  const rest = others.map(({ name }): DebugRegister => ({ ...at(name, name), readOnly: fixed.has(name) }));
  return [...named, ...rest, ...[0, 1, 2, 3].map(stackPointer)];
}

/** The features that GDB knows for AArch64 (GDB manual, "AArch64 Features"), in its order of registers, and one of ours. */
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
  { name: 'org.pocketvisor.aarch64.system', group: 'system', registers: systemRegisters() },
];

/** All registers, by GDB's numbers. */
export const debugRegisters: readonly DebugRegister[] = features.flatMap(({ registers }) => registers);

/** Those of GDB's own features: the first ones. */
export const generalRegisters: readonly DebugRegister[] = features.slice(0, 2).flatMap(({ registers }) => registers);

/** How a vector register is shown, as GDB does it for AArch64: elements by size, each as float, unsigned and signed. */
const elements = [
  ['d', 2, { f: 'ieee_double', u: 'uint64', s: 'int64' }],
  ['s', 4, { f: 'ieee_single', u: 'uint32', s: 'int32' }],
  ['h', 8, { f: 'ieee_half', u: 'uint16', s: 'int16' }],
  ['b', 16, { u: 'uint8', s: 'int8' }],
  ['q', 1, { u: 'uint128', s: 'int128' }],
] as const;

function vectorTypes(): string[] {
  const lines: string[] = [];
  for (const [size, count, kinds] of elements) {
    for (const [kind, type] of Object.entries(kinds)) {
      lines.push(`<vector id="v${size}${kind}" type="${type}" count="${count}"/>`);
    }
    const fields = Object.keys(kinds).map((kind) => `  <field name="${kind}" type="v${size}${kind}"/>`);
    lines.push(`<union id="vn${size}">`, ...fields, '</union>');
  }
  const all = elements.map(([size]) => `  <field name="${size}" type="vn${size}"/>`);
  return [...lines, '<union id="aarch64v">', ...all, '</union>'];
}

/** PSTATE by fields, as SPSR has them (DDI 0487 C5.2.18): name, lowest bit, highest. */
const stateBits = [
  ['SP', 0, 0],
  ['EL', 2, 3],
  ['nRW', 4, 4],
  ['F', 6, 6],
  ['I', 7, 7],
  ['A', 8, 8],
  ['D', 9, 9],
  ['IL', 20, 20],
  ['SS', 21, 21],
  ['V', 28, 28],
  ['C', 29, 29],
  ['Z', 30, 30],
  ['N', 31, 31],
] as const;

const stateTypes = (): string[] => [
  '<flags id="cpsr_flags" size="4">',
  ...stateBits.map(([name, low, high]) => `  <field name="${name}" start="${low}" end="${high}"/>`),
  '</flags>',
];

function typeOf({ name, bits }: DebugRegister, group: string | undefined): string {
  if (group !== undefined) return 'uint64';
  if (bits === 128) return 'aarch64v';
  if (name === 'sp') return 'data_ptr';
  if (name === 'cpsr') return 'cpsr_flags';
  return name === 'pc' ? 'code_ptr' : 'int';
}

/** The target description that a debug server answers to `qXfer:features:read:target.xml`. */
export function targetDescription(): string {
  const lines = ['<?xml version="1.0"?>', '<!DOCTYPE target SYSTEM "gdb-target.dtd">', '<target version="1.0">'];
  lines.push('  <architecture>aarch64</architecture>');
  for (const { name, group, registers } of features) {
    lines.push(`  <feature name="${name}">`);
    const has = (test: (register: DebugRegister) => boolean): boolean => registers.some(test);
    const types = [
      ...(has(({ bits }) => bits === 128) ? vectorTypes() : []),
      ...(has((one) => one.name === 'cpsr') ? stateTypes() : []),
    ];
    lines.push(...types.map((line) => `    ${line}`));
    for (const register of registers) {
      const attributes = `name="${register.name}" bitsize="${register.bits}" type="${typeOf(register, group)}"`;
      // Those of a group of ours are not GDB's to put back when a person had it call a function.
      lines.push(`    <reg ${attributes}${group === undefined ? '' : ` group="${group}" save-restore="no"`}/>`);
    }
    lines.push('  </feature>');
  }
  lines.push('</target>', '');
  return lines.join('\n');
}
