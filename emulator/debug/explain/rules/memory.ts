/** Aborts: what could not be reached, and why. */
import { makesSense } from '../../translation/mappings.ts';
import { granuleName, withGranule, type GranuleBits } from '../../translation/stage.ts';
import { translate, walkStage } from '../../translation/walk.ts';
import { bit, hex, nameOf } from '../../views.ts';
import { cause, type Rule } from '../cause.ts';
import { instructionAt, type Facts } from '../facts.ts';
import { isDataAbort, isInstructionAbort } from '../../syndrome/decode.ts';

const granules: readonly GranuleBits[] = [12, 14, 16];
const PC_ALIGNMENT = 0x22;
/** How far below its mapped end a stack may have run: a guard is a page or some. */
const GUARD = 0x1_0000n;

/** Misaligned accesses: what forbids them depends on the kind of memory. */
export const alignment: Rule = (facts) => {
  const { syndrome, address, mmuOn, way, death } = facts;
  if (address === undefined || !syndrome) return undefined;
  const kind = syndrome.status?.kind;
  const what = `${hex(address)}, ${facts.instruction?.text ?? ''}`.replace(/, $/, '');
  if (kind === 'unsupported-exclusive') {
    return cause(
      'exclusive-on-device',
      `an exclusive or atomic access to a device: ${what}`,
      mmuOn ? 'map the memory of locks as Normal' : 'with the MMU off all data is Device memory: no locks yet',
    );
  }
  if (kind !== 'alignment') return undefined;
  if (!mmuOn) {
    return cause(
      'alignment-mmu-off',
      `a misaligned access while the MMU is off, where all data is Device memory: ${what}`,
      'compile what runs before the MMU is on with -mstrict-align, or switch the MMU on first',
    );
  }
  const sctlr = `SCTLR_EL${Math.max(facts.el, 1)}`;
  if (bit(death.core.get64(sctlr), 1)) {
    return cause('alignment-check', `a misaligned access while ${sctlr}.A is 1: ${what}`, `clear ${sctlr}.A`);
  }
  const memory = way?.stages[0]?.rights?.memory ?? 'Device memory';
  return cause(
    'alignment-device',
    `a misaligned access to ${memory}: ${what}`,
    'is the page meant to be Normal memory? Look at AttrIndx and MAIR_EL1',
  );
};

/**
 * The granule that the tables were built for, where it is not the one that TCR says: with it they lead to the address itself, or in the upper
 * half to RAM. While code of the same half runs, its granule is right.
 */
function fitsGranule(facts: Facts): GranuleBits | undefined {
  const { death, address, way, taken, el } = facts;
  const stage = way?.stages[0]?.stage;
  if (address === undefined || !stage || stage.number !== 1) return undefined;
  const sameHalf = bit(address, 55) === bit(taken.elr, 55);
  const runs = translate(death.core, death.memory, death.paBits, taken.elr, el).pa !== undefined;
  if (sameHalf && address !== taken.elr && runs) return undefined;
  const read = (pa: bigint): bigint | undefined => {
    const bytes = death.memory.read(pa, 8);
    return bytes && new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  };
  const leads = (pa: bigint): boolean => death.memory.describe(pa) !== undefined;
  if (makesSense(stage, read, leads)) return undefined;
  return granules.find((granule) => {
    if (granule === stage.granuleBits) return false;
    const other = withGranule(stage, granule);
    const { output } = walkStage(other, address, read);
    if (output === undefined || !makesSense(other, read, leads)) return false;
    return stage.upper ? death.memory.describe(output) === 'RAM' : output === address;
  });
}

export const wrongGranule: Rule = (facts) => {
  const { syndrome, way } = facts;
  const kind = syndrome?.status?.kind;
  if (kind !== 'translation' && kind !== 'address-size' && kind !== 'external-on-walk' && kind !== 'external') return undefined;
  const fits = fitsGranule(facts);
  const stage = way?.stages[0]?.stage;
  if (!fits || !stage) return undefined;
  const field = `${stage.control}.TG${stage.upper ? 1 : 0}`;
  return cause(
    'wrong-granule',
    `${field} says ${granuleName(stage.granuleBits)}, but the tables at ${stage.table} are built for ${granuleName(fits)}`,
    'TG0 and TG1 have different encodings: 4 KiB is 0b00 in TG0 and 0b10 in TG1',
  );
};

/** Instructions between the switch and the first fetch or access that fails. */
const SHORTLY = 8n;

/** Whether MSR SCTLR_EL1 or SCTLR_EL2 is among the instructions right before. */
function justSwitchedOn({ death, taken, el }: Facts): boolean {
  for (let back = 1n; back <= SHORTLY; back++) {
    if (isSwitch(instructionAt(death, taken.elr - 4n * back, el)?.word ?? 0)) return true;
  }
  return false;
}

const isSwitch = (word: number): boolean => word >>> 5 === 0xd518_1000 >>> 5 || word >>> 5 === 0xd51c_1000 >>> 5;

/** A core may have fetched some instructions beyond the switch: then an access of theirs may be what fails first. */
export const noIdentityMap: Rule = (facts) => {
  const { syndrome, taken, mmuOn, death, el } = facts;
  const kind = syndrome?.status?.kind;
  if (!mmuOn || kind === undefined || kind === 'permission' || kind === 'access-flag' || kind === 'alignment') return undefined;
  const isMapped = translate(death.core, death.memory, death.paBits, taken.elr, el).pa !== undefined;
  if (isMapped || !justSwitchedOn(facts)) return undefined;
  return cause(
    'no-identity-map',
    `the MMU was switched on, and the tables do not map the code that did it: ${hex(taken.elr)}`,
    'map the pages of that code at their physical addresses until you have jumped to the new ones',
  );
};

/** Faults of a walk that are about the tables themselves. */
export const tables: Rule = ({ syndrome, way, address }) => {
  const walk = way?.stages.at(-1);
  const step = walk?.steps.at(-1);
  const kind = syndrome?.status?.kind;
  if (kind === 'access-flag') {
    return cause(
      'access-flag',
      `the Access flag (bit 10) of the descriptor for ${hex(address ?? 0n)} is 0: ${hex(step?.descriptor ?? 0n)} at ${hex(step?.address ?? 0n)}`,
      'set AF in every block and page descriptor: this core does not set it by itself',
    );
  }
  if (kind === 'external-on-walk' || (kind === 'address-size' && walk?.stage)) {
    return cause(
      'bad-table',
      `the translation tables lead to nowhere: ${walk?.fault?.reason ?? syndrome?.status?.name}`,
      `look at ${walk?.stage?.table ?? 'TTBR'}`,
    );
  }
  return undefined;
};

/** Where control came from, for jumps: ` (from 0x40200010 main+0x10: blr x8)`. */
function cameFrom({ death, arrival, el }: Facts): string {
  if (!arrival) return '';
  const name = nameOf(death.symbols, arrival.from);
  const text = instructionAt(death, arrival.from, el)?.text;
  return ` (from ${hex(arrival.from)}${name ? ` ${name}` : ''}${text ? `: ${text}` : ''})`;
}

export const jumps: Rule = (facts) => {
  const { syndrome, taken, death } = facts;
  const ec = syndrome?.ec ?? -1;
  if (ec === PC_ALIGNMENT) {
    return cause('jump-to-nowhere', `a jump to ${hex(taken.elr)}, which is no multiple of 4${cameFrom(facts)}`, howItCame(facts));
  }
  if (!isInstructionAbort(ec)) return undefined;
  const kind = syndrome?.status?.kind;
  if (kind === 'permission') {
    const at = death.symbols.nearest(taken.elr);
    const reason = facts.way?.stages.at(-1)?.fault?.reason ?? 'no right to execute';
    if (at?.kind === 'data') {
      return cause(
        'executing-data',
        `the guest executes data, ${at.name} at ${hex(taken.elr)}: ${reason}${cameFrom(facts)}`,
        howItCame(facts),
      );
    }
    const hint = 'PXN and UXN are off for code; what EL0 can write, EL1 never executes';
    return cause(
      'not-executable',
      `the page of ${hex(taken.elr)} is mapped but not executable: ${reason}${cameFrom(facts)}`,
      hint,
    );
  }
  const why =
    kind === 'translation' ? 'which no table maps' : kind === 'address-size' ? 'which is no address' : 'where no memory is';
  return cause('jump-to-nowhere', `a jump to ${hex(taken.elr)}, ${why}${cameFrom(facts)}`, howItCame(facts));
};

function howItCame({ death, arrival, el }: Facts): string {
  const text = arrival ? (instructionAt(death, arrival.from, el)?.text ?? '') : '';
  if (text.startsWith('ret')) return 'the return address was overwritten, or X30 was not saved across a call';
  if (text.startsWith('eret')) return 'ELR was not what the guest meant';
  if (/^bl?r /.test(text)) return 'a function pointer that was never set, or has been overwritten';
  return 'a wrong function pointer, return address or vector';
}

/** Accesses to the stack: by SP, or close to where it is. */
export const stack: Rule = (facts) => {
  const { syndrome, address, base, sp, mmuOn, death, el, taken } = facts;
  if (address === undefined || !isDataAbort(syndrome?.ec ?? -1)) return undefined;
  const kind = syndrome?.status?.kind;
  if (kind !== 'translation' && kind !== 'permission' && kind !== 'external' && kind !== 'address-size') return undefined;
  if (base !== 'sp') return undefined;
  const reaches = (va: bigint): boolean => {
    const { pa } = translate(death.core, death.memory, death.paBits, va, el, { access: 'write', user: el === 0 });
    return pa !== undefined && death.memory.describe(pa) === 'RAM';
  };
  let above: bigint | undefined;
  for (let va = (address | 0xfffn) + 1n; va <= address + GUARD && above === undefined; va += 0x1000n) if (reaches(va)) above = va;
  const state = mmuOn ? (kind === 'permission' ? 'not writable' : 'not mapped') : 'no memory';
  if (above !== undefined) {
    const calls = recursion(facts);
    return cause(
      'stack-overflow',
      `the stack ran over: ${hex(address)} is ${state}, below its lowest page at ${hex(above)} (SP was ${hex(sp)})`,
      calls
        ? `${calls} calls itself`
        : `a larger stack, or less on it: ${nameOf(death.symbols, taken.elr) || hex(taken.elr)} needed more`,
    );
  }
  const what = mmuOn
    ? 'map the stack before the MMU goes on, or set SP to what is mapped'
    : 'set SP to the end of some RAM first';
  return cause(
    'unmapped-stack',
    `the stack is where ${mmuOn ? 'nothing is mapped' : 'no memory is'}: SP ${hex(sp)}, ${hex(address)} is ${state}`,
    what,
  );
};

/** The function that most of the last branches called, if it was itself that called it. */
function recursion({ death }: Facts): string | undefined {
  for (const { from, to } of death.branches?.toReversed() ?? []) {
    const [caller, callee] = [death.symbols.nearest(from), death.symbols.nearest(to)];
    if (callee && caller?.name === callee.name && callee.offset === 0n) return callee.name;
  }
  return undefined;
}

/** All other data aborts. */
export const data: Rule = (facts) => {
  const { syndrome, address, el, way, death, wanted } = facts;
  if (address === undefined || !isDataAbort(syndrome?.ec ?? -1)) return undefined;
  const kind = syndrome?.status?.kind;
  const verb = wanted.access === 'write' ? 'written' : 'read';
  const name = nameOf(death.symbols, address);
  const place = `${hex(address)}${name ? ` (${name})` : ''}`;
  const pa = way?.stages.at(-1)?.output;
  if (kind === 'permission') {
    if (el === 0) return cause('user-access', `EL0 has no right that ${place} be ${verb}`, 'AP[1] gives EL0 access');
    return cause('read-only', `${place} is read-only and is written`, 'AP[2] is 1 in its descriptor, or in a table above it');
  }
  if (kind === 'external') {
    const to = pa === undefined || pa === address ? '' : ` (physical ${hex(pa)})`;
    return cause(
      'nothing-there',
      `nothing answers at ${place}${to}: no memory and no device`,
      'compare with the device tree, or info devices of the monitor',
    );
  }
  if (address < 0x1000n) return cause('null-pointer', `a null pointer: ${hex(address)} is ${verb}`, registerHint(facts));
  if (kind === 'translation' || kind === 'address-size') {
    const reason = way?.stages.at(-1)?.fault?.reason;
    return cause(
      'unmapped-address',
      `${place} is ${verb}, and nothing maps it${reason ? `: ${reason}` : ''}`,
      registerHint(facts),
    );
  }
  return undefined;
};

function registerHint({ base, death, taken }: Facts): string | undefined {
  if (!base || base === 'sp') return undefined;
  const value = death.core.x(Number(base.slice(1)));
  const function_ = nameOf(death.symbols, taken.elr);
  return `${base} is ${hex(value)}${function_ ? ` in ${function_}` : ''}`;
}
