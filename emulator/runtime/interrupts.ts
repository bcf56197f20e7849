/** Which interrupts the present level may take, and where (DDI 0487 D1.3.6, D1.3.7): what HCR_EL2 routes, and the virtual ones. */
import { C_DAIF, C_EL, C_HCR_EL2, C_IRQ_LINES, C_LINES } from './dist/layout';
import { HCR_TGE, hasEl2, hcr } from './el2';

/** Of IRQ_LINES: LINES has changed since it was worked out. */
const STALE: u32 = 128;
const PHYSICAL: u32 = 7;
/** Bits of HCR_EL2 from which FMO, IMO, AMO and VF, VI, VSE stand in the order of PSTATE.F, I, A. */
const FMO: u64 = 3;
const VF: u64 = 6;

/** Virtual interrupts that are pending, by the bits of DAIF: FIQ and IRQ of HCR_EL2 and of the interrupt controller, SError of HCR_EL2. */
export function virtualPending(cpu: usize, lines: u32): u32 {
  const control = hcr(cpu);
  if ((control & HCR_TGE) != 0) return 0;
  return (((control >> VF) as u32) | (lines >> 3)) & routed(control);
}

/** What is routed to EL2: 1 FIQ, 2 IRQ, 4 SError. */
function routed(control: u64): u32 {
  return (control & HCR_TGE) != 0 ? PHYSICAL : ((control >> FMO) as u32) & PHYSICAL;
}

function due(cpu: usize, lines: u32): u32 {
  const toEl2 = routed(hcr(cpu));
  const physical = lines & PHYSICAL;
  if (load<u32>(cpu + C_EL) == 2) return physical & toEl2;
  return (physical & ~toEl2) | virtualPending(cpu, lines) | ((physical & toEl2) << 4);
}

/** To be called when the level, HCR_EL2 or (by whoever takes interrupts) LINES changed. */
export function interruptsChanged(cpu: usize): void {
  if (!hasEl2(cpu)) return;
  // In parallel mode the machine's thread changes LINES meanwhile; it marks IRQ_LINES afterwards.
  let lines: u32;
  do {
    lines = atomic.load<u32>(cpu + C_LINES);
    atomic.store<u32>(cpu + C_IRQ_LINES, due(cpu, lines));
  } while (atomic.load<u32>(cpu + C_LINES) != lines);
}

/** The level that takes the interrupt now whose bit of DAIF is `bit`; 0 when there is none. */
export function interruptTarget(cpu: usize, bit: u32): u32 {
  if ((load<u32>(cpu + C_IRQ_LINES) & STALE) != 0) interruptsChanged(cpu);
  const lines = load<u32>(cpu + C_IRQ_LINES);
  if ((lines & (bit << 4)) != 0) return 2;
  if ((lines & bit & ~load<u32>(cpu + C_DAIF)) == 0) return 0;
  return load<u32>(cpu + C_EL) == 2 ? 2 : 1;
}

/** Whether WFI has something to end for: any interrupt, masked or not (D1.6.2). */
export function interruptPending(cpu: usize): bool {
  const lines = load<u32>(cpu + C_LINES);
  if ((lines & PHYSICAL) != 0) return true;
  return load<u64>(cpu + C_HCR_EL2) != 0 && load<u32>(cpu + C_EL) < 2 && virtualPending(cpu, lines) != 0;
}

/** ISR_EL1: below EL2 an interrupt that is routed there shows its virtual one (D19.2.67). Bits as in PSTATE. */
export function interruptStatus(cpu: usize): u64 {
  const lines = load<u32>(cpu + C_LINES);
  if (load<u32>(cpu + C_EL) == 2) return ((lines & PHYSICAL) << 6) as u64;
  return (((lines & PHYSICAL & ~routed(hcr(cpu))) | virtualPending(cpu, lines)) << 6) as u64;
}
