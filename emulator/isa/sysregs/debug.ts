/** Self-hosted debug (DDI 0487 D2, D19.3). */
import { type SystemRegister, sysreg } from './register.ts';
import { TDA, TDOSA, TDRA } from './traps.ts';

const BREAKPOINTS = 6;
const WATCHPOINTS = 4;

function numbered(name: string, count: number, op2: number, mask: bigint): SystemRegister[] {
  return Array.from({ length: count }, (_, n) =>
    sysreg(`${name}${n}_EL1`, [2, 0, 0, n, op2], { field: name, index: n, mask, after: 'debug' }),
  );
}

/** VA bits 63:49 of a value register are a sign extension of bit 48 here. */
const ADDRESS = 0xffff_ffff_ffff_fffcn;

/** EL0's access to the channel to a debugger, by MDSCR_EL1.TDCC. */
const channel: SystemRegister['check'] = (b, trap) =>
  b.if(b.op('i32.and', b.op('i32.eqz', b.getField('EL')), b.bit64(b.getField('MDSCR_EL1'), 12)), trap, undefined, true);

const rows: readonly SystemRegister[] = [
  sysreg('MDSCR_EL1', [2, 0, 0, 2, 2], { mask: 0xfc0_f041n | 0xf000n, after: 'debug' }),
  sysreg('MDCCINT_EL1', [2, 0, 0, 2, 0], { mask: 0x6000_0000n }),
  sysreg('MDRAR_EL1', [2, 0, 1, 0, 0], { access: 'ro', field: false, read: (b) => b.i64(0) }),
  // Any value but 1 opens the lock (in bit 0); OSLM is 0b10: the lock is implemented.
  sysreg('OSLAR_EL1', [2, 0, 1, 0, 4], {
    access: 'wo',
    field: false,
    write: (b, value) =>
      b.setField('OSLSR_EL1', b.op('i64.or', b.i64(8), b.op('i64.shl', b.op('i64.and', value, b.i64(1)), b.i64(1)))),
    after: 'debug',
  }),
  sysreg('OSLSR_EL1', [2, 0, 1, 1, 4], { access: 'ro', reset: 10n }),
  sysreg('OSDLR_EL1', [2, 0, 1, 3, 4], { mask: 1n }),
  sysreg('OSECCR_EL1', [2, 0, 0, 6, 2], { mask: 0n }),
  sysreg('OSDTRRX_EL1', [2, 0, 0, 0, 2], { field: false, read: (b) => b.i64(0), write: () => {} }),
  sysreg('OSDTRTX_EL1', [2, 0, 0, 3, 2], { field: false, read: (b) => b.i64(0), write: () => {} }),
  sysreg('DBGPRCR_EL1', [2, 0, 1, 4, 4], { field: false, read: (b) => b.i64(0), write: () => {} }),
  sysreg('DBGCLAIMSET_EL1', [2, 0, 7, 8, 6], { field: false, read: (b) => b.i64(0xff), write: () => {} }),
  sysreg('DBGCLAIMCLR_EL1', [2, 0, 7, 9, 6], { field: false, read: (b) => b.i64(0), write: () => {} }),
  sysreg('DBGAUTHSTATUS_EL1', [2, 0, 7, 14, 6], { access: 'ro', field: false, read: (b) => b.i64(0) }),
  // The channel is always empty: nobody is at its other end.
  sysreg('MDCCSR_EL0', [2, 3, 0, 1, 0], { access: 'ro', field: false, check: channel, read: (b) => b.i64(0) }),
  sysreg('DBGDTR_EL0', [2, 3, 0, 4, 0], { field: false, check: channel, read: (b) => b.i64(0), write: () => {} }),
  // One encoding has two names: DBGDTRTX_EL0 is written.
  sysreg('DBGDTRRX_EL0', [2, 3, 0, 5, 0], { field: false, check: channel, read: (b) => b.i64(0), write: () => {} }),
  ...numbered('DBGBVR', BREAKPOINTS, 4, ADDRESS),
  ...numbered('DBGBCR', BREAKPOINTS, 5, 0x00ff_e1e7n),
  ...numbered('DBGWVR', WATCHPOINTS, 6, ADDRESS),
  ...numbered('DBGWCR', WATCHPOINTS, 7, 0x1f1f_ffffn),
];

const locks = /^(OSLAR|OSLSR|OSDLR|DBGPRCR)_/;
export const debugRegisters: readonly SystemRegister[] = rows.map((row) => ({
  ...row,
  traps: [row.name === 'MDRAR_EL1' ? TDRA : locks.test(row.name) ? TDOSA : TDA],
}));
