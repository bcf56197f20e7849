/** Generic timers (DDI 0487 D11, D19.12). The machine drives the interrupt lines; what can be computed is computed here. */
import type { Value } from '../../ir/nodes.ts';
import type { Semantics } from '../derive/semantics.ts';
import { type SystemRegister, sysreg } from './register.ts';
import { EL1PCEN, EL1PCTEN, type Trap } from './traps.ts';

/** EL0's access depends on bits of CNTKCTL_EL1. */
function atUser(...bits: number[]): SystemRegister['check'] {
  return (b, trap) => {
    let open: Value = b.i32(0);
    for (const bit of bits) open = b.op('i32.or', open, b.bit64(b.getField('CNTKCTL_EL1'), bit));
    b.if(b.op('i32.and', b.op('i32.eqz', b.getField('EL')), b.op('i32.eqz', open)), trap, undefined, true);
  };
}

interface TimerAccess {
  readonly check?: SystemRegister['check'];
  readonly traps?: readonly Trap[];
}

/** A timer of the lowest level that may use it, by its encodings' op1 and CRm. */
function timer(name: string, level: 0 | 2, op1: number, crm: number, count: string, access: TimerAccess): SystemRegister[] {
  const [control, compare] = [`${name}_CTL_EL${level}`, `${name}_CVAL_EL${level}`];
  const now = (b: Semantics): Value => b.call(count, b.cpu);
  return [
    sysreg(`${name}_TVAL_EL${level}`, [3, op1, 14, crm, 0], {
      field: false,
      ...access,
      read: (b) => b.op('i64.and', b.op('i64.sub', b.getField(compare), now(b)), b.i64(0xffff_ffffn)),
      write: (b, value) => b.setField(compare, b.op('i64.add', now(b), b.op('i64.extend32_s', value))),
      after: 'host',
    }),
    sysreg(control, [3, op1, 14, crm, 1], {
      ...access,
      // ISTATUS (bit 2) is UNKNOWN while the timer is disabled: 0 here.
      read: (b) => {
        const held = b.getField(control);
        const met = b.op('i32.and', b.op('i64.ge_u', now(b), b.getField(compare)), b.bit64(held, 0));
        return b.op('i64.or', held, b.op('i64.shl', b.to64(met), b.i64(2)));
      },
      mask: 3n,
      after: 'host',
    }),
    sysreg(compare, [3, op1, 14, crm, 2], { ...access, after: 'host' }),
  ];
}

const frequencyAtUser = atUser(0, 1);

export const timerRegisters: readonly SystemRegister[] = [
  // Only the highest level writes it: EL2 where there is one.
  sysreg('CNTFRQ_EL0', [3, 3, 14, 0, 0], {
    writes: 1,
    check: (b, trap, isWrite) => {
      if (!isWrite) return frequencyAtUser?.(b, trap, isWrite);
      b.if(b.op('i32.and', b.hasEl2(), b.op('i32.lt_u', b.getField('EL'), b.i32(2))), () => b.undefined(), undefined, true);
    },
  }),
  sysreg('CNTPCT_EL0', [3, 3, 14, 0, 1], {
    access: 'ro',
    field: false,
    check: atUser(0),
    traps: [EL1PCTEN],
    read: (b) => b.call('physicalCount', b.cpu),
  }),
  sysreg('CNTVCT_EL0', [3, 3, 14, 0, 2], {
    access: 'ro',
    field: false,
    check: atUser(1),
    read: (b) => b.call('virtualCount', b.cpu),
  }),
  sysreg('CNTKCTL_EL1', [3, 0, 14, 1, 0], { mask: 0x3ffn }),
  ...timer('CNTP', 0, 3, 2, 'physicalCount', { check: atUser(9), traps: [EL1PCEN] }),
  ...timer('CNTV', 0, 3, 3, 'virtualCount', { check: atUser(8) }),
  ...timer('CNTHP', 2, 4, 2, 'physicalCount', {}),
  sysreg('CNTVOFF_EL2', [3, 4, 14, 0, 3], { after: 'host' }),
  // EL1PCTEN and EL1PCEN are set where there is no EL2, and after a reset.
  sysreg('CNTHCTL_EL2', [3, 4, 14, 1, 0], { mask: 0xffn, reset: 3n }),
];
