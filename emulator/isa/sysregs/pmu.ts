/** Performance Monitors (PMUv3; DDI 0487 D13, D19.5). The counting is the runtime's (emulator/runtime/pmu.ts). */
import type { Value } from '../../ir/nodes.ts';
import type { Semantics } from '../derive/semantics.ts';
import { type RegisterOptions, type SystemRegister, sysreg } from './register.ts';
import { TPM, TPMCR } from './traps.ts';

export const EVENT_COUNTERS = 6;
/** Bits of PMUSERENR_EL0. */
const [EN, SW, CR, ER] = [0, 1, 2, 3];
/** SW_INCR, INST_RETIRED, CPU_CYCLES. */
const EVENTS = (1n << 0x00n) | (1n << 0x08n) | (1n << 0x11n);

/** EL0 needs one of these bits of PMUSERENR_EL0; some of them only open reads. */
function atUser(...bits: number[]): SystemRegister['check'] {
  return (b, trap, isWrite) => {
    let open: Value = b.i32(0);
    for (const bit of bits) {
      if (isWrite && (bit === CR || bit === ER)) continue;
      open = b.op('i32.or', open, b.bit64(b.getField('PMUSERENR_EL0'), bit));
    }
    b.if(b.op('i32.and', b.op('i32.eqz', b.getField('EL')), b.op('i32.eqz', open)), trap, undefined, true);
  };
}

type Code = readonly [number, number, number, number, number];

/** A register whose accesses first bring the counters up to date; writes may change the interrupt. */
function counting(name: string, code: Code, field: string, options: RegisterOptions & { bits?: number[] } = {}): SystemRegister {
  const { bits = [EN], mask } = options;
  const update = (b: Semantics, value: Value): void => {
    b.callVoid('pmuSync', b.cpu);
    b.setField(field, mask === undefined ? value : b.op('i64.and', value, b.i64(mask)));
    b.callVoid('pmuChanged', b.cpu);
  };
  return sysreg(name, code, {
    check: name.endsWith('_EL1') ? undefined : atUser(...bits),
    traps: [TPM],
    after: 'host',
    read: (b) => {
      b.callVoid('pmuSync', b.cpu);
      return b.getField(field);
    },
    write: update,
    ...options,
    // Named where a reset has to find it.
    field: options.reset === undefined ? false : field,
  });
}

/** A pair of registers that set and clear bits of one field: those of the counters that the level may see. */
function pair(set: [string, Code], clear: [string, Code], field: string): SystemRegister[] {
  const seen = (b: Semantics, value: Value): Value => b.op('i64.and', value, b.call('pmuAccessible', b.cpu));
  const read = (b: Semantics): Value => {
    b.callVoid('pmuSync', b.cpu);
    return seen(b, b.getField(field));
  };
  const store = (b: Semantics, combine: (now: Value) => Value): void => {
    b.callVoid('pmuSync', b.cpu);
    b.setField(field, combine(b.getField(field)));
    b.callVoid('pmuChanged', b.cpu);
  };
  return [
    counting(...set, field, { read, write: (b, value) => store(b, (now) => b.op('i64.or', now, seen(b, value))) }),
    counting(...clear, field, {
      read,
      write: (b, value) => store(b, (now) => b.op('i64.and', now, b.op('i64.xor', seen(b, value), b.i64(-1)))),
    }),
  ];
}

/** A register of event counter `n`: nothing where EL2 has kept it for itself (MDCR_EL2.HPMN). */
function ofCounter(
  name: string,
  code: Code,
  field: string,
  n: number,
  options: { mask: bigint; bits?: number[] },
): SystemRegister {
  const own = (b: Semantics): Value => b.bit64(b.call('pmuAccessible', b.cpu), n);
  return counting(name, code, field, {
    ...options,
    read: (b) => {
      b.callVoid('pmuSync', b.cpu);
      return b.select(own(b), b.getField(field, n), b.i64(0));
    },
    write: (b, value) => {
      b.callVoid('pmuSync', b.cpu);
      b.setField(field, b.select(own(b), b.op('i64.and', value, b.i64(options.mask)), b.getField(field, n)), n);
      b.callVoid('pmuChanged', b.cpu);
    },
  });
}

const selected = (name: string, op2: number, type: 0 | 1, bits: number[]): SystemRegister =>
  counting(name, [3, 3, 9, 13, op2], '', {
    bits,
    read: (b) => {
      b.callVoid('pmuSync', b.cpu);
      return b.call('pmuReadSelected', b.cpu, b.i32(type));
    },
    write: (b, value) => {
      b.callVoid('pmuSync', b.cpu);
      b.callVoid('pmuWriteSelected', b.cpu, b.i32(type), value);
    },
  });

export const pmuRegisters: readonly SystemRegister[] = [
  counting('PMCR_EL0', [3, 3, 9, 12, 0], 'PMCR_EL0', {
    traps: [TPM, TPMCR],
    // IMP, IDCODE and N, of which the runtime takes care in writes.
    reset: 0x4101_3000n,
    read: (b) => b.call('pmuReadControl', b.cpu),
    write: (b, value) => {
      b.callVoid('pmuSync', b.cpu);
      b.callVoid('pmuControl', b.cpu, value);
    },
  }),
  ...pair(['PMCNTENSET_EL0', [3, 3, 9, 12, 1]], ['PMCNTENCLR_EL0', [3, 3, 9, 12, 2]], 'PMCNTENSET_EL0'),
  ...pair(['PMOVSSET_EL0', [3, 3, 9, 14, 3]], ['PMOVSCLR_EL0', [3, 3, 9, 12, 3]], 'PMOVSSET_EL0'),
  ...pair(['PMINTENSET_EL1', [3, 0, 9, 14, 1]], ['PMINTENCLR_EL1', [3, 0, 9, 14, 2]], 'PMINTENSET_EL1'),
  sysreg('PMSWINC_EL0', [3, 3, 9, 12, 4], {
    access: 'wo',
    field: false,
    check: atUser(EN, SW),
    traps: [TPM],
    write: (b, value) => {
      b.callVoid('pmuSync', b.cpu);
      b.callVoid('pmuIncrement', b.cpu, value);
    },
    after: 'host',
  }),
  sysreg('PMSELR_EL0', [3, 3, 9, 12, 5], {
    mask: 31n,
    traps: [TPM],
    // ER opens both directions of this one (D13.9).
    check: (b, trap) => {
      const user = b.getField('PMUSERENR_EL0');
      const open = b.op('i32.or', b.bit64(user, EN), b.bit64(user, ER));
      b.if(b.op('i32.and', b.op('i32.eqz', b.getField('EL')), b.op('i32.eqz', open)), trap, undefined, true);
    },
  }),
  sysreg('PMCEID0_EL0', [3, 3, 9, 12, 6], {
    access: 'ro',
    field: false,
    check: atUser(EN),
    traps: [TPM],
    read: (b) => b.i64(EVENTS),
  }),
  sysreg('PMCEID1_EL0', [3, 3, 9, 12, 7], { access: 'ro', field: false, check: atUser(EN), traps: [TPM], read: (b) => b.i64(0) }),
  counting('PMCCNTR_EL0', [3, 3, 9, 13, 0], 'PMCCNTR_EL0', { bits: [EN, CR] }),
  selected('PMXEVTYPER_EL0', 1, 1, [EN]),
  selected('PMXEVCNTR_EL0', 2, 0, [EN, ER]),
  sysreg('PMUSERENR_EL0', [3, 3, 9, 14, 0], { writes: 1, mask: 0xfn, traps: [TPM] }),
  counting('PMCCFILTR_EL0', [3, 3, 14, 15, 7], 'PMCCFILTR_EL0', { mask: 0xc800_0000n }),
  ...Array.from({ length: EVENT_COUNTERS }, (_, n) => [
    ofCounter(`PMEVCNTR${n}_EL0`, [3, 3, 14, 8, n], 'PMEVCNTR', n, { mask: 0xffff_ffffn, bits: [EN, ER] }),
    ofCounter(`PMEVTYPER${n}_EL0`, [3, 3, 14, 12, n], 'PMEVTYPER', n, { mask: 0xc800_ffffn }),
  ]).flat(),
];
