/** Exceptions that are about the state of the core rather than about memory. */
import { encode, sysregByEncoding } from '../../../isa/sysregs/index.ts';
import { operationByEncoding } from '../../../isa/sysregs/operations.ts';
import { TIDCP } from '../../../isa/sysregs/traps.ts';
import { bit, bits, hex, type CoreView } from '../../views.ts';
import { cause, type Rule } from '../cause.ts';
import type { Facts } from '../facts.ts';

const EC = { fp: 0x07, illegal: 0x0e, system: 0x18, spAlignment: 0x26, brk: 0x3c, wait: 0x01 } as const;

/** Whether an exception came from there: what traps it depends on the level. */
export const fpTrapped: Rule = ({ syndrome, el, death }) => {
  if (syndrome?.ec !== EC.fp) return undefined;
  // CPACR_EL1 is looked at first; with TGE, what it traps is no trap of FP for EL2.
  if (death.core.get32('EL') === 2) {
    return cause(
      'fp-trapped',
      `floating point or SIMD is trapped: CPTR_EL2.TFP is 1, for EL2 and all levels below`,
      'clear CPTR_EL2.TFP (bit 10) and then ISB, or let the handler do so when it is used first',
    );
  }
  const fpen = bits(death.core.get64('CPACR_EL1'), 20, 2);
  const what = fpen === 1 && el === 0 ? 'EL0 alone is trapped' : 'FP and SIMD are switched off';
  return cause(
    'fp-trapped',
    `floating point or SIMD is trapped: CPACR_EL1.FPEN is 0b${fpen.toString(2).padStart(2, '0')}, ${what}`,
    'set CPACR_EL1.FPEN to 0b11 and then ISB before such code, or compile with -mgeneral-regs-only',
  );
};

/** What is wrong with the PSTATE that an exception return asked for (DDI 0487 D1.4.4). */
export function whyIllegal(spsr: bigint, el: number, hcr: bigint): string | undefined {
  const target = bits(spsr, 2, 2);
  if (bit(spsr, 4)) return 'M[4] is 1: AArch32 state, which this core does not have';
  if (target > el) return `M[3:2] is ${target}: EL${target}, above EL${el}`;
  if (bit(spsr, 1)) return 'M[1] is 1, which is reserved';
  if (target === 1 && bit(hcr, 27)) return 'M[3:2] is 1: EL1, which there is not while HCR_EL2.TGE is 1';
  if (target === 0 && bit(spsr, 0)) return 'M[3:0] is 0b0001: EL0 has no stack pointer of its own to select';
  return undefined;
}

export const illegalReturn: Rule = (facts) => {
  if (facts.syndrome?.ec !== EC.illegal) return undefined;
  const spsr = facts.arrival?.spsr;
  const why = spsr === undefined ? undefined : whyIllegal(spsr, facts.el, facts.death.core.get64('HCR_EL2'));
  const asked = spsr === undefined ? '' : `: SPSR_EL${facts.el} was ${hex(spsr)}${why ? `, ${why}` : ''}`;
  return cause(
    'illegal-return',
    `an exception return was illegal (PSTATE.IL is set)${asked}`,
    `0x3c0 returns to EL0, 0x3c5 to EL1h${facts.el === 2 ? ', 0x3c9 to EL2h' : ''}: no level above the present one`,
  );
};

export const stackAlignment: Rule = ({ syndrome, sp }) =>
  syndrome?.ec === EC.spAlignment
    ? cause(
        'stack-alignment',
        `the stack pointer is not a multiple of 16: SP ${hex(sp)}`,
        'keep SP aligned, or clear SCTLR_EL1.SA',
      )
    : undefined;

export const trapped: Rule = ({ syndrome, instruction, death }) => {
  if (syndrome?.ec !== EC.system && syndrome?.ec !== EC.wait) return undefined;
  const by = death.core.get32('EL') === 2 ? trapOfEl2(death.core, syndrome.iss) : undefined;
  return cause('trapped', `an access is trapped: ${instruction?.text ?? syndrome.name}${by ? `, because ${by}` : ''}`);
};

/** The control of EL2 that takes a system instruction, by its ISS (D19.2.37, EC 0x18). */
function trapOfEl2(core: CoreView, iss: number): string | undefined {
  const field = (from: number, width: number): number => (iss >>> from) & (2 ** width - 1);
  const encoding = encode(field(20, 2), field(14, 3), field(10, 4), field(1, 4), field(17, 3));
  const direction = (iss & 1) !== 0 ? 'read' : 'write';
  const traps = (sysregByEncoding.get(encoding) ?? operationByEncoding.get(encoding))?.traps ?? [TIDCP];
  const control = traps
    .filter(({ on }) => on === undefined || on === direction)
    .flatMap(({ controls }) => controls)
    .find(({ register, bit: at, wanted }) => bit(core.get64(register), at) === (wanted === 1));
  return control && `${control.name} is ${control.wanted}`;
}

export const breakpoint: Rule = ({ syndrome, instruction }) =>
  syndrome?.ec === EC.brk
    ? cause(
        'breakpoint',
        `the guest stopped itself: ${instruction?.text ?? 'brk'}`,
        'an assertion or __builtin_trap of the guest',
      )
    : undefined;

/** Registers whose names end in a level above the present one, and instructions that ask a level that is not there. */
export const undefinedInstruction: Rule = (facts) => {
  const { syndrome, instruction, el } = facts;
  if (syndrome?.ec !== 0) return undefined;
  const text = instruction?.text;
  const register = /^(?:mrs|msr) .*?([a-z]\w*_el([0-3])\d?)/.exec(text ?? '');
  if (register && Number(register[2]) > el) {
    const name = register[1]!.toUpperCase();
    return cause(
      'register-of-another-level',
      `${name} is not accessible from EL${el}: the guest runs at a lower level than it thinks`,
      'look at CurrentEL first, or start the guest at the level it was written for (--el)',
    );
  }
  if (/^(hvc|smc) /.test(text ?? '')) {
    return cause(
      'no-hypervisor',
      `${text} has nobody above EL${el} to answer it`,
      'PSCI is called by the method that the device tree says',
    );
  }
  const data = looksLikeData(facts);
  if (data) return data;
  return cause('undefined-instruction', `the instruction is undefined at EL${el}: ${text ?? hex(instruction?.word ?? 0)}`);
};

/** An undefined word that no compiler made: zeroes, text, or what has the name of data. */
function looksLikeData(facts: Facts): ReturnType<Rule> {
  const { instruction, taken, death, arrival } = facts;
  if (instruction?.text !== undefined && !instruction.text.startsWith('udf ')) return undefined;
  const at = death.symbols.nearest(taken.elr);
  const word = instruction?.word ?? 0;
  const where = at && at.kind === 'data' ? `${at.name} is data` : undefined;
  const zero = word === 0 ? 'the memory there is zero' : undefined;
  const ascii = [24, 16, 8, 0].every((shift) => isText((word >>> shift) & 0xff)) ? 'the bytes there are text' : undefined;
  const why = where ?? zero ?? ascii ?? 'the word is no instruction';
  const came = arrival ? `, reached from ${hex(arrival.from)}` : '';
  const hint = 'a function pointer or a return address that has been overwritten';
  return cause('executing-data', `the guest executes what is no code, at ${hex(taken.elr)}: ${why}${came}`, hint);
}

const isText = (byte: number): boolean => byte === 0 || byte === 9 || byte === 10 || (byte >= 32 && byte < 127);
