/** What EL1 and EL0 die of because of the stage that EL2 puts below theirs. */
import { hasStage2, stage2 } from '../../translation/stage.ts';
import { walkSecond, type Walk } from '../../translation/walk.ts';
import { bits, hex, nameOf } from '../../views.ts';
import { cause, type Cause, type Rule } from '../cause.ts';
import type { Facts } from '../facts.ts';

const readTable =
  ({ death }: Facts) =>
  (pa: bigint): bigint | undefined => {
    const bytes = death.memory.read(pa, 8);
    return bytes && new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  };

/** An abort of stage 2, which EL2 takes from below. */
export const stage2Fault: Rule = (facts) => {
  const { syndrome, death, el, way } = facts;
  if (el > 1 || death.core.get32('EL') !== 2 || !syndrome?.status) return undefined;
  const walk = way?.stages.at(-1);
  if (!walk?.fault || (walk.stage?.number ?? walk.number) !== 2) return undefined;
  if (!walk.stage) {
    const hint = 'SL0 depends on T0SZ and the granule: see the table of VTCR_EL2.SL0';
    return cause('stage2-controls', `stage 2 cannot start: ${walk.fault.reason}`, hint);
  }
  if (way?.stages[0]?.fault) return tableOfStage1(facts, walk);
  if (walk.fault.kind === 'permission') return forbidden(facts, walk);
  return unmapped(facts, walk);
};

function tableOfStage1({ way }: Facts, { input, fault }: Walk): Cause {
  const first = way?.stages[0]?.stage;
  return cause(
    'stage2-table',
    `the tables of EL1 (${first?.table}) are at ${hex(input)}, which stage 2 does not let be read: ${fault?.reason}`,
    'tables of stage 1 have intermediate addresses: VTTBR_EL2 has to map them as it maps what the guest reads',
  );
}

function forbidden(facts: Facts, { input, steps, fault }: Walk): Cause {
  return cause(
    'stage2-permission',
    `${accessText(facts, input)}: ${fault?.reason}`,
    `S2AP (bits 7:6) and XN (bit 54) of the descriptor at ${hex(steps.at(-1)?.address ?? 0n)}`,
  );
}

function unmapped(facts: Facts, { input, fault }: Walk): Cause {
  const there = facts.death.memory.describe(input);
  const hint = there
    ? `${there} is at that physical address: map it, or answer for it in EL2's handler of this abort`
    : "nothing is at that physical address either: EL2's handler of this abort has to answer for a device of its own";
  return cause('stage2-unmapped', `${accessText(facts, input)}, and stage 2 does not map it: ${fault?.reason}`, hint);
}

function accessText({ death, el, wanted, address }: Facts, ipa: bigint): string {
  const verb = { read: 'reads', write: 'writes', execute: 'executes' }[wanted.access];
  const name = address === undefined ? '' : nameOf(death.symbols, address);
  return `EL${el} ${verb} intermediate address ${hex(ipa)}${name ? ` (${name})` : ''}`;
}

/** Tables of stage 2 that would map what failed, and that nobody has switched on. */
export const stage2Off: Rule = (facts) => {
  const { syndrome, death, el, way, address } = facts;
  const { core, memory, paBits } = death;
  const kind = syndrome?.status?.kind;
  if (el > 1 || address === undefined || hasStage2(core) || bits(core.get64('VTTBR_EL2'), 1, 47) === 0) return undefined;
  if (kind !== 'external' && kind !== 'external-on-walk' && kind !== 'address-size' && kind !== 'translation') return undefined;
  const first = way?.stages[0];
  const ipa = first?.output ?? first?.steps.at(-1)?.address ?? address;
  if (memory.describe(ipa) !== undefined) return undefined;
  const { output } = walkSecond(stage2(core, paBits), ipa, readTable(facts));
  if (output === undefined || memory.describe(output) === undefined) return undefined;
  return cause(
    'stage2-off',
    `VTTBR_EL2 maps ${hex(ipa)} to ${hex(output)}, but HCR_EL2.VM is 0: stage 2 is off, and nothing is at ${hex(ipa)}`,
    'set HCR_EL2.VM before EL1 is entered',
  );
};
