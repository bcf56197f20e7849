/** What a process under qemu-aarch64 cannot show, or where the manual leaves a choice that QEMU makes differently. */
import type { Row } from '../../../emulator/isa/derive/insn.ts';

type Fields = Readonly<Record<string, number>>;

interface Exclusion {
  readonly rows: RegExp;
  readonly when?: (fields: Fields) => boolean;
  readonly why: string;
}

export const exclusions: readonly Exclusion[] = [
  { rows: /^SVC$/, why: 'would be a system call of the harness; bare-metal/ has it' },
  { rows: /^HLT$/, when: (f) => f.imm16 === 0xf000, why: 'semihosting' },
  { rows: /^(MRS|MSR|SYS|SYSL|MSR_DAIF)$/, why: 'Linux emulates or forbids registers by its own rules; bare-metal/ has them' },
];

export function excludes(row: Row, fields: Fields): boolean {
  return exclusions.some(({ rows, when }) => rows.test(row.name) && (when?.(fields) ?? true));
}

/** Whether nothing of a row can be compared. */
export function excludesAll(row: Row): boolean {
  return exclusions.some(({ rows, when }) => rows.test(row.name) && !when);
}
