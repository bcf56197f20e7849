/** What MRS, MSR and SYS do, from the rows of `isa/sysregs` (DDI 0487 C5.1). */
import type { Reg } from '../../../ir/builder.ts';
import type { Value } from '../../../ir/nodes.ts';
import { exceptionClass, type Semantics } from '../../derive/semantics.ts';
import { encode, type SystemRegister, sysregByEncoding } from '../../sysregs/index.ts';
import { operationByEncoding } from '../../sysregs/operations.ts';
import { TIDCP, type Trap, holds } from '../../sysregs/traps.ts';

interface Code {
  readonly op0: number;
  readonly op1: number;
  readonly CRn: number;
  readonly CRm: number;
  readonly op2: number;
}

const encodingOf = (f: Code): number => encode(f.op0, f.op1, f.CRn, f.CRm, f.op2);

/** A system instruction on its way to what it does: where it is refused, it is by its ISS (DDI 0487 D19.2.37, EC 0x18). */
class Access {
  readonly code: Code;
  private readonly b: Semantics;
  private readonly isRead: boolean;
  private value: Value | undefined;

  constructor(b: Semantics, code: Code, isRead: boolean) {
    this.b = b;
    this.code = code;
    this.isRead = isRead;
  }

  /** The ISS, as an operand: what nobody knows is the same code for all encodings. */
  get syndrome(): Value {
    const { op0, op1, CRn, CRm, op2 } = this.code;
    const fixed = (op0 << 20) | (op2 << 17) | (op1 << 14) | (CRn << 10) | (CRm << 1) | (this.isRead ? 1 : 0);
    return (this.value ??= this.b.imm32((r) => fixed | ((r['Rt'] as number) << 5)));
  }

  /** UNDEFINED below a level; then what `check` says about traps to EL1, and last what EL2 traps. */
  require(level: number, check: SystemRegister['check'], traps: readonly Trap[]): void {
    const { b } = this;
    if (level > 0) b.if(b.op('i32.lt_u', b.getField('EL'), b.i32(level)), () => b.undefined(), undefined, true);
    check?.(b, () => b.exception(exceptionClass.system, this.syndrome), !this.isRead);
    this.trapToEl2(traps);
  }

  private trapToEl2(traps: readonly Trap[]): void {
    const { b } = this;
    for (const trap of traps) {
      if (trap.on !== undefined && (trap.on === 'read') !== this.isRead) continue;
      b.if(holds(b, trap), () => b.exceptionToEl2(exceptionClass.system, this.syndrome), undefined, true);
    }
  }

  /** What nobody knows is UNDEFINED; of the IMPLEMENTATION DEFINED registers and instructions EL2 may hear before. */
  unknown(): void {
    const { b } = this;
    const { op0, CRn } = this.code;
    if (op0 !== 2 && (CRn === 11 || CRn === 15)) b.if(b.getField('EL'), () => this.trapToEl2([TIDCP]), undefined, true);
    b.undefined();
  }
}

/** The register that an access reaches; undefined where there is none. */
function reach(access: Access, isWrite: boolean): SystemRegister | undefined {
  const register = sysregByEncoding.get(encodingOf(access.code));
  const level = isWrite ? register?.writes : register?.reads;
  if (!register || level === undefined) {
    access.unknown();
    return undefined;
  }
  access.require(level, register.check, register.traps);
  return register;
}

export function readRegister(b: Semantics, f: Code, rt: Reg): void {
  const access = new Access(b, f, true);
  const register = reach(access, false);
  if (!register) return;
  if (register.atHost) {
    const code = b.call('sysRead', b.cpu, access.syndrome, b.pc);
    b.if(code, () => b.leaveBy(code), undefined, true);
    b.setGpr(rt, b.getField('SYS_VALUE'));
  } else if (register.read) b.setGpr(rt, register.read(b));
}

export function writeRegister(b: Semantics, f: Code, rt: Reg): void {
  const access = new Access(b, f, false);
  const register = reach(access, true);
  if (!register) return;
  const value = b.x(rt);
  if (register.atHost) {
    b.setField('SYS_VALUE', value);
    b.setField('PC', b.nextPc());
    b.leaveBy(b.call('sysWrite', b.cpu, access.syndrome, b.pc));
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
    case 'routing':
      b.callVoid('levelChanged', b.cpu);
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
  const access = new Access(b, f, false);
  if (!operation) return access.unknown();
  access.require(operation.level, operation.check, operation.traps);
  operation.run(b, b.x(rt));
}

/** SYSL: no instruction has a result, but EL2 may hear of those that are IMPLEMENTATION DEFINED. */
export function systemOperationWithResult(b: Semantics, f: Code): void {
  new Access(b, f, true).unknown();
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
