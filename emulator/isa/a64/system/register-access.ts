/** What MRS, MSR and SYS do, from the rows of `isa/sysregs` (DDI 0487 C5.1). */
import type { Reg } from '../../../ir/builder.ts';
import { exceptionClass, type Semantics } from '../../derive/semantics.ts';
import { encode, type SystemRegister, sysregByEncoding } from '../../sysregs/index.ts';
import { operationByEncoding } from '../../sysregs/operations.ts';

interface Code {
  readonly op0: number;
  readonly op1: number;
  readonly CRn: number;
  readonly CRm: number;
  readonly op2: number;
}

const encodingOf = (f: Code): number => encode(f.op0, f.op1, f.CRn, f.CRm, f.op2);

/** Raises the trap of a system instruction: EC 0x18 with the encoding in its ISS (DDI 0487 D19.2.37). */
function trap(b: Semantics, f: Code, isRead: boolean): void {
  const fixed = (f.op0 << 20) | (f.op2 << 17) | (f.op1 << 14) | (f.CRn << 10) | (f.CRm << 1) | (isRead ? 1 : 0);
  const rt = b.imm16((r) => (r['Rt'] as number) << 5);
  b.exception(exceptionClass.system, b.op('i32.or', b.i32(fixed), rt));
}

/** UNDEFINED below `level`. */
function requireLevel(b: Semantics, level: number): void {
  if (level > 0) b.if(b.op('i32.lt_u', b.getField('EL'), b.i32(level)), () => b.undefined(), undefined, true);
}

function access(b: Semantics, f: Code, isWrite: boolean): SystemRegister | undefined {
  const register = sysregByEncoding.get(encodingOf(f));
  const level = isWrite ? register?.writes : register?.reads;
  if (!register || level === undefined) {
    b.undefined();
    return undefined;
  }
  requireLevel(b, level);
  register.check?.(b, () => trap(b, f, !isWrite), isWrite);
  return register;
}

export function readRegister(b: Semantics, f: Code, rt: Reg): void {
  const register = access(b, f, false);
  if (!register) return;
  if (register.atHost) {
    const code = b.call('sysRead', b.cpu, b.i32(register.encoding), b.pc);
    b.if(code, () => b.leaveBy(code), undefined, true);
    b.setGpr(rt, b.getField('SYS_VALUE'));
  } else if (register.read) b.setGpr(rt, register.read(b));
}

export function writeRegister(b: Semantics, f: Code, rt: Reg): void {
  const register = access(b, f, true);
  if (!register) return;
  const value = b.x(rt);
  if (register.atHost) {
    b.setField('SYS_VALUE', value);
    b.setField('PC', b.nextPc());
    b.leaveBy(b.call('sysWrite', b.cpu, b.i32(register.encoding), b.pc));
    return;
  }
  register.write?.(b, value);
  switch (register.after) {
    case 'level':
      b.callVoid('levelChanged', b.cpu);
      // The next instruction is fetched by what was written, as is allowed before an ISB (DDI 0487 D19.1.2).
      b.leave('checkpoint');
      break;
    case 'debug':
      b.callVoid('debugMaskChanged', b.cpu);
      b.leave('checkpoint');
      break;
    case 'checkpoint':
      b.leave('checkpoint');
      break;
    case 'host':
      b.setField('PC', b.nextPc());
      b.leave('host');
      break;
    case undefined:
      break;
  }
}

export function systemOperation(b: Semantics, f: Code, rt: Reg): void {
  const operation = operationByEncoding.get(encodingOf(f));
  if (!operation) return b.undefined();
  requireLevel(b, operation.level);
  operation.check?.(b, () => trap(b, f, false), true);
  operation.run(b, b.x(rt));
}

/** DAIFSet and DAIFClr; at EL0 they need SCTLR_EL1.UMA. */
export function changeDaif(b: Semantics, clear: number): void {
  const immediate = b.imm16((r) => r['imm_CRm'] as number);
  const denied = b.op('i32.and', b.op('i32.eqz', b.getField('EL')), b.op('i32.eqz', b.bit64(b.getField('SCTLR_EL1'), 9)));
  b.if(
    denied,
    () => {
      const iss = ((clear ? 7 : 6) << 17) | (3 << 14) | (4 << 10) | (31 << 5);
      b.exception(exceptionClass.system, b.op('i32.or', b.i32(iss), b.op('i32.shl', immediate, b.i32(1))));
    },
    undefined,
    true,
  );
  const daif = b.getField('DAIF');
  b.setField('DAIF', clear ? b.op('i32.and', daif, b.op('i32.xor', immediate, b.i32(-1))) : b.op('i32.or', daif, immediate));
  // The debug mask decides whether instructions are stepped.
  b.if(b.op('i32.and', immediate, b.i32(8)), () => b.callVoid('debugMaskChanged', b.cpu), undefined, true);
  if (clear) b.leave('checkpoint');
}

/** WFI (0) and WFE (1): trapped at EL0 by SCTLR_EL1.nTWI and nTWE. */
export function wait(b: Semantics, kind: 0 | 1): void {
  const denied = b.op(
    'i32.and',
    b.op('i32.eqz', b.getField('EL')),
    b.op('i32.eqz', b.bit64(b.getField('SCTLR_EL1'), kind ? 18 : 16)),
  );
  b.if(denied, () => b.exception(exceptionClass.wait, 0x01e0_0000 | kind), undefined, true);
  b.setField('PC', b.nextPc());
  b.leaveBy(b.call('waitFor', b.cpu, b.i32(kind), b.pc));
}
