/** Where QEMU 7.2 is known to answer otherwise than the manual: see ../README.md. */
import type { Answer } from './answer.ts';
import type { Visit } from './sweep.ts';

/** External debug registers of v8.0, which it lacks. */
const lacks = /^(OSECCR|OSDTR[RT]X|DBGPRCR|DBGCLAIM(SET|CLR)|DBGAUTHSTATUS|DBGDTR(RX)?)_EL[01]$/;
const UNDEFINED = 1 << 25;

export function unlikeManual({ probe, level, setting }: Visit, { esr }: Answer): boolean {
  if (lacks.test(probe.name)) return esr === UNDEFINED;
  // Of EL0's reads of the counter it asks the timer's bit, EL1PCEN, not EL1PCTEN.
  if (probe.name === 'CNTPCT_EL0' && level === 0) return setting.CNTHCTL === 1n || setting.CNTHCTL === 2n;
  // It does not know MDSCR_EL1.TDCC.
  return probe.name === 'MDCCSR_EL0' && level === 0 && setting.MDSCR !== 0n;
}
