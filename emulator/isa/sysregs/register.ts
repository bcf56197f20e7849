import type { Value } from '../../ir/nodes.ts';
import type { Semantics } from '../derive/semantics.ts';
import type { Trap } from './traps.ts';

/** op0, op1, CRn, CRm, op2 packed as system instructions have them in bits 20:5. */
export function encode(op0: number, op1: number, crn: number, crm: number, op2: number): number {
  return (op0 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2;
}

/** What must happen after a register was written. */
export type Effect =
  /** What depends on the level and the translation regime is chosen again. */
  | 'level'
  /** Debug state: software step, breakpoints. */
  | 'debug'
  /** Interrupts may be unmasked. */
  | 'checkpoint'
  /** Both `level` and `checkpoint`: what EL2 takes from the levels below. */
  | 'routing'
  /** The machine looks at timers and interrupt lines. */
  | 'host';

/** One system register: MRS and MSR, both tiers, the conformance tests and the disassembler's names derive from the row. */
export interface SystemRegister {
  readonly name: string;
  readonly encoding: number;
  /** The lowest level that may read or write; `undefined` where there is no such access. Others are UNDEFINED. */
  readonly reads: number | undefined;
  readonly writes: number | undefined;
  /** Further conditions: raises when the access is trapped at the present level. `at` raises the trap to EL1 (EC 0x18). */
  readonly check: ((b: Semantics, trap: () => void, isWrite: boolean) => void) | undefined;
  /** What EL2 traps, looked at after `check`. */
  readonly traps: readonly Trap[];
  readonly read: ((b: Semantics) => Value) | undefined;
  readonly write: ((b: Semantics, value: Value) => void) | undefined;
  readonly after: Effect | undefined;
  /** Held by the machine (the interrupt controller's CPU interface): reached by a call of the host. */
  readonly atHost: boolean;
  /** Value at a cold reset, where it is not 0. */
  readonly reset: bigint;
  readonly field: string | undefined;
  /** Which element of the field. */
  readonly index: number;
  /** Bits of the field that can be written, and those that are always one: where a write is no more than that. */
  readonly mask: bigint;
  readonly ones: bigint;
}

export interface RegisterOptions {
  /** Lowest level for reads and writes: 'rw' of the name's suffix by default. */
  readonly reads?: number;
  readonly writes?: number;
  readonly access?: 'rw' | 'ro' | 'wo';
  readonly check?: SystemRegister['check'];
  readonly traps?: readonly Trap[];
  /** The field of the core state that holds it; the register's name by default. */
  readonly field?: string | false;
  readonly index?: number;
  /** Bits that can be written; others keep RES0 or RES1. */
  readonly mask?: bigint;
  readonly ones?: bigint;
  readonly reset?: bigint;
  readonly read?: (b: Semantics) => Value;
  readonly write?: (b: Semantics, value: Value) => void;
  readonly after?: Effect;
  readonly atHost?: boolean;
}

const ALL = 0xffff_ffff_ffff_ffffn;

/** Declares a register: `sysreg('SCTLR_EL1', [3, 0, 1, 0, 0], { … })`. */
export function sysreg(
  name: string,
  code: readonly [number, number, number, number, number],
  options: RegisterOptions = {},
): SystemRegister {
  const { access = 'rw', mask = ALL, ones = 0n, reset = 0n, atHost = false } = options;
  const level = Number(/_EL([0-3])$/.exec(name)?.[1] ?? 1);
  const field = options.field === false || atHost ? undefined : (options.field ?? name);
  const { index } = options;
  const read = options.read ?? (field === undefined ? undefined : (b: Semantics) => b.field64(field, index));
  const write =
    options.write ??
    (field === undefined
      ? undefined
      : (b: Semantics, value: Value): void => {
          let kept = mask === ALL ? value : b.op('i64.and', value, b.i64(mask));
          if (ones !== 0n) kept = b.op('i64.or', kept, b.i64(ones));
          b.setField64(field, kept, index);
        });
  return {
    name,
    encoding: encode(...code),
    reads: access === 'wo' ? undefined : (options.reads ?? level),
    writes: access === 'ro' ? undefined : (options.writes ?? level),
    check: options.check,
    traps: options.traps ?? [],
    read,
    write,
    after: options.after,
    atHost,
    reset: reset | ones,
    field,
    index: index ?? 0,
    mask,
    ones,
  };
}
