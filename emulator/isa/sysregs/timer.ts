/** Generic timers of EL1 (DDI 0487 D11, D19.12). The machine drives the interrupt lines; what can be computed is computed here. */
import type { Value } from '../../ir/nodes.ts';
import type { Semantics } from '../derive/semantics.ts';
import { type SystemRegister, sysreg } from './register.ts';

/** EL0's access depends on bits of CNTKCTL_EL1. */
function atUser(...bits: number[]): SystemRegister['check'] {
  return (b, trap) => {
    let open: Value = b.i32(0);
    for (const bit of bits) open = b.op('i32.or', open, b.bit64(b.getField('CNTKCTL_EL1'), bit));
    b.if(b.op('i32.and', b.op('i32.eqz', b.getField('EL')), b.op('i32.eqz', open)), trap, undefined, true);
  };
}

function timer(name: string, crm: number, count: string, userBit: number): SystemRegister[] {
  const [control, compare] = [`${name}_CTL_EL0`, `${name}_CVAL_EL0`];
  const now = (b: Semantics): Value => b.call(count, b.cpu);
  const check = atUser(userBit);
  return [
    sysreg(`${name}_TVAL_EL0`, [3, 3, 14, crm, 0], {
      field: false,
      check,
      read: (b) => b.op('i64.and', b.op('i64.sub', b.getField(compare), now(b)), b.i64(0xffff_ffffn)),
      write: (b, value) => b.setField(compare, b.op('i64.add', now(b), b.op('i64.extend32_s', value))),
      after: 'host',
    }),
    sysreg(control, [3, 3, 14, crm, 1], {
      check,
      // ISTATUS (bit 2) is UNKNOWN while the timer is disabled: 0 here.
      read: (b) => {
        const held = b.getField(control);
        const met = b.op('i32.and', b.op('i64.ge_u', now(b), b.getField(compare)), b.bit64(held, 0));
        return b.op('i64.or', held, b.op('i64.shl', b.to64(met), b.i64(2)));
      },
      mask: 3n,
      after: 'host',
    }),
    sysreg(compare, [3, 3, 14, crm, 2], { check, after: 'host' }),
  ];
}

export const timerRegisters: readonly SystemRegister[] = [
  sysreg('CNTFRQ_EL0', [3, 3, 14, 0, 0], { writes: 1, check: atUser(0, 1) }),
  sysreg('CNTPCT_EL0', [3, 3, 14, 0, 1], {
    access: 'ro',
    field: false,
    check: atUser(0),
    read: (b) => b.call('physicalCount', b.cpu),
  }),
  sysreg('CNTVCT_EL0', [3, 3, 14, 0, 2], {
    access: 'ro',
    field: false,
    check: atUser(1),
    read: (b) => b.call('virtualCount', b.cpu),
  }),
  sysreg('CNTKCTL_EL1', [3, 0, 14, 1, 0], { mask: 0x3ffn }),
  ...timer('CNTP', 2, 'physicalCount', 9),
  ...timer('CNTV', 3, 'virtualCount', 8),
];
