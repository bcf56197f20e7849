/** Names of hints, barrier options and system instructions (DDI 0487 C6.2 HINT, DSB, SYS). */
import { decimal, hex, line, x } from '../../derive/assembler.ts';
import { systemOperation, type SystemFields } from '../../derive/system-names.ts';

/** Hints by number. Those of later features are NOPs for us and keep their names. */
export const hintNames: Readonly<Record<number, string>> = {
  0: 'nop',
  1: 'yield',
  7: 'xpaclri',
  8: 'pacia1716',
  10: 'pacib1716',
  12: 'autia1716',
  14: 'autib1716',
  16: 'esb',
  17: 'psb csync',
  18: 'tsb csync',
  20: 'csdb',
  22: 'clearbhb',
  24: 'paciaz',
  25: 'paciasp',
  26: 'pacibz',
  27: 'pacibsp',
  28: 'autiaz',
  29: 'autiasp',
  30: 'autibz',
  31: 'autibsp',
  32: 'bti',
  34: 'bti c',
  36: 'bti j',
  38: 'bti jc',
};

const domains = ['osh', 'nsh', 'ish', ''];
const types = ['', 'ld', 'st', ''];

/** `ishst`; a number where the type is reserved. */
export function barrierOption(CRm: number): string {
  if ((CRm & 3) === 0) return hex(CRm, 2);
  return `${domains[CRm >> 2]}${types[CRm & 3]}` || 'sy';
}

export function systemInstruction(r: SystemFields & { readonly Rt: number }): string {
  const operation = systemOperation(r);
  if (operation) return line(...operation.names, operation.takesRegister ? x(r.Rt) : undefined);
  const register = r.Rt === 31 ? undefined : x(r.Rt);
  return line('sys', decimal(r.op1), `C${r.CRn}`, `C${r.CRm}`, decimal(r.op2), register);
}
