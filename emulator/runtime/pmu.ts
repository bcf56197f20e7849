/**
 * PMUv3 (DDI 0487 D13): a cycle counter and six event counters. Counting is lazy: what passed since the last look is added when a register
 * is accessed or the level changes. Cycles are those of the board's clock; events are instructions, cycles and SW_INCR.
 */
import {
  C_EL,
  C_MDCR_EL2,
  C_PMCCFILTR_EL0,
  C_PMCCNTR_EL0,
  C_PMCNTENSET_EL0,
  C_PMCR_EL0,
  C_PMEVCNTR,
  C_PMEVTYPER,
  C_PMINTENSET_EL1,
  C_PMOVSSET_EL0,
  C_PMSELR_EL0,
  C_PMU_ACTIVE,
  C_PMU_LAST_CYCLES,
  C_PMU_LAST_INSTRUCTIONS,
} from './dist/layout';
import { cycles, instructions } from './time';

const COUNTERS: u32 = 6;
const CYCLES: u32 = 31;
const SW_INCR: u32 = 0x00;
const INST_RETIRED: u32 = 0x08;
const CPU_CYCLES: u32 = 0x11;
const LONG_CYCLES: u64 = 1 << 6;
/** Of PMCR_EL0: E. Of MDCR_EL2: HPME, and HPMN in its lowest bits. */
const ENABLE: u64 = 1;
const HPME: u64 = 1 << 7;
const HPMN: u64 = 31;
const ALL: u64 = (1 << COUNTERS) - 1;

/**
 * Event counters of the first range (D13.5), a bit each: those below MDCR_EL2.HPMN, which is their number where there is no EL2. EL2 keeps the
 * others. Of the values that are CONSTRAINED UNPREDICTABLE, 0 leaves none, and larger ones all.
 */
function firstRange(cpu: usize): u64 {
  return ALL & ((<u64>1 << (load<u64>(cpu + C_MDCR_EL2) & HPMN)) - 1);
}

/** Counters whose range is on: PMCR_EL0.E is for the first and for cycles, MDCR_EL2.HPME for the other. */
function switchedOn(cpu: usize): u64 {
  const first = firstRange(cpu);
  const own = (load<u64>(cpu + C_PMCR_EL0) & ENABLE) != 0 ? first | (<u64>1 << CYCLES) : 0;
  return (load<u64>(cpu + C_MDCR_EL2) & HPME) != 0 ? own | (ALL & ~first) : own;
}

/** Counters that count, but for their filters. */
function enabled(cpu: usize): u64 {
  return load<u64>(cpu + C_PMCNTENSET_EL0) & switchedOn(cpu);
}

/** Counters that the present level may see: a mask as of PMCNTENSET_EL0. What else there is reads as zero and ignores writes. */
export function pmuAccessible(cpu: usize): u64 {
  return (load<u32>(cpu + C_EL) == 2 ? ALL : firstRange(cpu)) | (<u64>1 << CYCLES);
}

/** Whether a counter with that filter counts at the present level (P, U, NSH). */
function counts(cpu: usize, filter: u64): bool {
  if (load<u32>(cpu + C_EL) == 2) return ((filter >> 27) & 1) != 0;
  return ((filter >> (load<u32>(cpu + C_EL) == 0 ? 30 : 31)) & 1) == 0;
}

function overflow(cpu: usize, counter: u32): void {
  store<u64>(cpu + C_PMOVSSET_EL0, load<u64>(cpu + C_PMOVSSET_EL0) | (<u64>1 << counter));
}

function addEvent(cpu: usize, counter: u32, amount: u64): void {
  const at = cpu + C_PMEVCNTR + counter * 8;
  const sum = load<u64>(at) + amount;
  if (sum >> 32 != 0) overflow(cpu, counter);
  store<u64>(at, sum & 0xffff_ffff);
}

/** Brings the counters up to now. */
export function pmuSync(cpu: usize): void {
  const cycle = cycles(cpu);
  const retired = instructions(cpu);
  const passedCycles = cycle - load<u64>(cpu + C_PMU_LAST_CYCLES);
  const passed = retired - load<u64>(cpu + C_PMU_LAST_INSTRUCTIONS);
  store<u64>(cpu + C_PMU_LAST_CYCLES, cycle);
  store<u64>(cpu + C_PMU_LAST_INSTRUCTIONS, retired);
  const control = load<u64>(cpu + C_PMCR_EL0);
  const counting = enabled(cpu);
  if (counting == 0) return;
  if (((counting >> CYCLES) & 1) != 0 && counts(cpu, load<u64>(cpu + C_PMCCFILTR_EL0))) {
    const before = load<u64>(cpu + C_PMCCNTR_EL0);
    const after = before + passedCycles;
    store<u64>(cpu + C_PMCCNTR_EL0, after);
    if ((control & LONG_CYCLES) != 0 ? after < before : after >> 32 != before >> 32) overflow(cpu, CYCLES);
  }
  for (let n: u32 = 0; n < COUNTERS; n++) {
    if (((counting >> n) & 1) == 0) continue;
    const type = load<u64>(cpu + C_PMEVTYPER + n * 8);
    if (!counts(cpu, type)) continue;
    const event = (type as u32) & 0xffff;
    if (event == CPU_CYCLES) addEvent(cpu, n, passedCycles);
    else if (event == INST_RETIRED) addEvent(cpu, n, passed);
  }
}

/** To be called after a PMU register was written: whether changes of level must be noticed. */
export function pmuChanged(cpu: usize): void {
  store<u32>(cpu + C_PMU_ACTIVE, enabled(cpu) != 0 ? 1 : 0);
}

/** PMCR_EL0.IMP and IDCODE: Arm Limited, a Cortex-A57. */
const IDENTITY: u64 = 0x4101_0000;

/** PMCR_EL0: E, D, X, DP, LC are kept; P and C clear counters, P those that the level may see. */
export function pmuControl(cpu: usize, value: u64): void {
  if ((value & 2) != 0) {
    const seen = pmuAccessible(cpu);
    for (let n: u32 = 0; n < COUNTERS; n++) if (((seen >> n) & 1) != 0) store<u64>(cpu + C_PMEVCNTR + n * 8, 0);
  }
  if ((value & 4) != 0) store<u64>(cpu + C_PMCCNTR_EL0, 0);
  store<u64>(cpu + C_PMCR_EL0, (value & 0x79) | IDENTITY | (COUNTERS << 11));
  pmuChanged(cpu);
}

/** PMCR_EL0 as the level reads it: N is the number of counters that it may see. */
export function pmuReadControl(cpu: usize): u64 {
  const number = popcnt<u64>(pmuAccessible(cpu) & ALL);
  return (load<u64>(cpu + C_PMCR_EL0) & ~(<u64>31 << 11)) | (number << 11);
}

/** PMSWINC_EL0. */
export function pmuIncrement(cpu: usize, mask: u64): void {
  const wanted = mask & enabled(cpu) & pmuAccessible(cpu);
  for (let n: u32 = 0; n < COUNTERS; n++) {
    const type = load<u64>(cpu + C_PMEVTYPER + n * 8);
    if (((wanted >> n) & 1) != 0 && (type & 0xffff) == SW_INCR && counts(cpu, type)) addEvent(cpu, n, 1);
  }
}

/** What PMXEVTYPER (`type` 1) and PMXEVCNTR (0) show: the counter that PMSELR selects; one that is not there is 0 and ignores writes. */
function selected(cpu: usize, type: u32): usize {
  const n = (load<u64>(cpu + C_PMSELR_EL0) as u32) & 31;
  if (n < COUNTERS) return ((pmuAccessible(cpu) >> n) & 1) == 0 ? 0 : cpu + (type != 0 ? C_PMEVTYPER : C_PMEVCNTR) + n * 8;
  return n == CYCLES && type != 0 ? cpu + C_PMCCFILTR_EL0 : 0;
}

export function pmuReadSelected(cpu: usize, type: u32): u64 {
  const at = selected(cpu, type);
  return at == 0 ? 0 : load<u64>(at);
}

export function pmuWriteSelected(cpu: usize, type: u32, value: u64): void {
  const at = selected(cpu, type);
  if (at != 0) store<u64>(at, value & (type != 0 ? 0xfc00_ffff : 0xffff_ffff));
}

/** Whether the interrupt line is up. */
export function pmuInterrupt(cpu: usize): u32 {
  pmuSync(cpu);
  return (load<u64>(cpu + C_PMOVSSET_EL0) & load<u64>(cpu + C_PMINTENSET_EL1) & switchedOn(cpu)) != 0 ? 1 : 0;
}

/** Cycles from now after which a counter with an interrupt may overflow, if it counts all the time; u64.MAX_VALUE when none can. */
export function pmuDeadline(cpu: usize): u64 {
  let least: u64 = u64.MAX_VALUE;
  if (load<u32>(cpu + C_PMU_ACTIVE) == 0) return least;
  const watched = enabled(cpu) & load<u64>(cpu + C_PMINTENSET_EL1) & ~load<u64>(cpu + C_PMOVSSET_EL0);
  if (((watched >> CYCLES) & 1) != 0) {
    const value = load<u64>(cpu + C_PMCCNTR_EL0);
    least = (load<u64>(cpu + C_PMCR_EL0) & LONG_CYCLES) != 0 ? 0 - value : 0x1_0000_0000 - (value & 0xffff_ffff);
  }
  for (let n: u32 = 0; n < COUNTERS; n++) {
    const event = (load<u64>(cpu + C_PMEVTYPER + n * 8) as u32) & 0xffff;
    if (((watched >> n) & 1) != 0 && event != SW_INCR) least = min(least, 0x1_0000_0000 - load<u64>(cpu + C_PMEVCNTR + n * 8));
  }
  return least;
}
