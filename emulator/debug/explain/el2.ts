/** EL2's registers for a person: what its control of the levels below says, by the manual's names (DDI 0487 D19.2). */
import { granuleName, hasStage2, stage2 } from '../translation/stage.ts';
import { bit, bits, hex, hex64, type CoreView } from '../views.ts';

/** HCR_EL2 of ARMv8.0, from bit 0. */
const HCR =
  'VM SWIO PTW FMO IMO AMO VF VI VSE FB BSU0 BSU1 DC TWI TWE TID0 TID1 TID2 TID3 TSC TIDCP TACR TSW TPC TPU TTLB TVM TGE TDZ HCD TRVM RW CD ID'.split(
    ' ',
  );

/** ID_AA64PFR0_EL1 in the field ID. */
const PFR0 = 32;
export const hasEl2 = (core: CoreView): boolean => bits(core.get64('ID', PFR0), 8, 4) !== 0;

/** Lines for a core that has EL2; none for others. */
export function el2Lines(core: CoreView, paBits: number): string[] {
  if (!hasEl2(core)) return [];
  const hcr = core.get64('HCR_EL2');
  const set = HCR.filter((_, at) => bit(hcr, at)).join(' ');
  const named = (names: readonly string[]): string => names.map((name) => `${name} ${hex64(core.get64(name))}`).join('  ');
  return [
    `HCR_EL2 ${hex64(hcr)}  ${set || 'nothing is set'}`,
    `VTCR_EL2 ${hex64(core.get64('VTCR_EL2'))}  ${stage2Text(core, paBits)}`,
    `VTTBR_EL2 ${hex64(core.get64('VTTBR_EL2'))}  VMID ${bits(core.get64('VTTBR_EL2'), 48, 8)}`,
    named(['SCTLR_EL2', 'TCR_EL2', 'TTBR0_EL2', 'MAIR_EL2']),
    named(['VBAR_EL2', 'CPTR_EL2', 'MDCR_EL2', 'ELR_EL2']),
  ];
}

function stage2Text(core: CoreView, paBits: number): string {
  const stage = stage2(core, paBits);
  const state = hasStage2(core) ? '' : 'stage 2 is off: ';
  if ('reason' in stage) return hasStage2(core) ? stage.reason : 'stage 2 is off';
  const { granuleBits, inputBits, startLevel, outputBits, tableValue } = stage;
  return `${state}${inputBits} bits, ${granuleName(granuleBits)} granule, from level ${startLevel} at ${hex(tableValue)}, to ${outputBits} bits`;
}
