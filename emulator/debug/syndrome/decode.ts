/** ESR_ELx for a person: class, fields by the manual's names, and what they mean (DDI 0487 D19.2.37). */
import { bits, hex } from '../views.ts';
import { exceptionClasses } from './classes.ts';
import { faultStatus, type FaultStatus } from './fault-status.ts';

export interface Syndrome {
  readonly ec: number;
  /** The manual's name of the class. */
  readonly name: string;
  /** Whether the instruction has 32 bits. */
  readonly il: boolean;
  readonly iss: number;
  readonly fields: readonly DecodedField[];
  /** Of aborts: DFSC or IFSC. */
  readonly status: FaultStatus | undefined;
  /** Of data aborts: WnR. */
  readonly isWrite: boolean;
}

export interface DecodedField {
  readonly name: string;
  readonly value: number;
  readonly meaning?: string;
}

const EC = { instructionAbort: 0x20, dataAbort: 0x24, watchpoint: 0x34 } as const;

/** Decodes a syndrome; any value is one. */
export function decodeSyndrome(esr: bigint): Syndrome {
  const ec = bits(esr, 26, 6);
  const iss = bits(esr, 0, 25);
  const row = exceptionClasses[ec];
  const fields = (row?.iss ?? []).map(({ name, from, width, meaning }): DecodedField => {
    const value = (iss >>> from) & (2 ** width - 1);
    const text = meaning?.(value, iss);
    return { name, value, ...(text === undefined ? {} : { meaning: text }) };
  });
  const isData = isDataAbort(ec);
  return {
    ...{ ec, name: row?.name ?? 'reserved', il: bits(esr, 25, 1) === 1, iss, fields },
    status: isData || isInstructionAbort(ec) ? faultStatus(iss & 0x3f) : undefined,
    isWrite: (isData || (ec & ~1) === EC.watchpoint) && ((iss >> 6) & 1) === 1,
  };
}

export const isInstructionAbort = (ec: number): boolean => (ec & ~1) === EC.instructionAbort;
export const isDataAbort = (ec: number): boolean => (ec & ~1) === EC.dataAbort;

/** `EC 0x25, IL 1, ISS 0x10: WnR 0 (read), DFSC 0x10 (Synchronous External abort, ...)`. Fields that are zero and say nothing are left out. */
export function syndromeText({ ec, il, iss, fields }: Syndrome): string {
  const shown = fields
    .filter(({ value, meaning }) => value !== 0 || meaning !== undefined)
    .map(({ name, value, meaning }) => `${name} ${value > 9 ? hex(value) : value}${meaning ? ` (${meaning})` : ''}`);
  return `EC ${hex(ec)}, IL ${il ? 1 : 0}, ISS ${hex(iss)}${shown.length > 0 ? `: ${shown.join(', ')}` : ''}`;
}
