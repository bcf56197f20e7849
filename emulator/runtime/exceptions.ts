/** Exception entry and return, PSTATE, and what depends on the level (DDI 0487 D1.3). EL2 and EL3 enter by `targetLevel`. */
import { EVENT_ERET, EVENT_IRQ, EVENT_LEVEL_CHANGED } from './dist/layout';
import { count, countException } from './events';
import {
  C_CF,
  C_CPACR_EL1,
  C_DAIF,
  C_EL,
  C_ELR_EL1,
  C_ESR_EL1,
  C_EVENT,
  C_EXCEPTION_COUNT,
  C_EXCL_ARMED,
  C_FAR_EL1,
  C_FP_TRAP,
  C_IL,
  C_IRQ_LINES,
  C_LAST_FAR,
  C_LEAVE,
  C_MASKABLE,
  C_MDSCR_EL1,
  C_NF,
  C_OSLSR_EL1,
  C_PC,
  C_PMU_ACTIVE,
  C_SCTLR_EL1,
  C_SPSEL,
  C_SPSR_EL1,
  C_SP_BANK,
  C_SP_CHECK,
  C_SS,
  C_STEPPING,
  C_VBAR_EL1,
  C_VF,
  C_WAITING,
  C_X,
  C_ZF,
  LEAVE_HOST,
  LEAVE_RESYNC,
  LEAVE_WAIT,
} from './dist/layout';
import { noteException, noteInterrupt, noteReturn } from './hopeless';
import { parallel, spinForEvent } from './parallel';
import { pmuSync } from './pmu';
import { selectTables } from './tlb';

export const EC_ILLEGAL_STATE: u32 = 0x0e;
export const EC_INSTRUCTION_ABORT: u32 = 0x20;
export const EC_PC_ALIGNMENT: u32 = 0x22;
export const EC_DATA_ABORT: u32 = 0x24;

const SP: u32 = C_X + 33 * 8;
const OFFSET_SYNC: u64 = 0;

/** The level that takes an exception from `from`; the place where HCR_EL2 and SCR_EL3 will route. */
function targetLevel(_cpu: usize, from: u32): u32 {
  return max(from, 1);
}

/** SPSR as an exception from here would save it. */
export function pstate(cpu: usize): u64 {
  const flags = (load<u32>(cpu + C_NF) << 31) | (load<u32>(cpu + C_ZF) << 30) | (load<u32>(cpu + C_CF) << 29) | (load<u32>(cpu + C_VF) << 28);
  const state = (load<u32>(cpu + C_SS) << 21) | (load<u32>(cpu + C_IL) << 20) | (load<u32>(cpu + C_DAIF) << 6);
  return (flags | state | (load<u32>(cpu + C_EL) << 2) | load<u32>(cpu + C_SPSEL)) as u64;
}

/** Chooses the stack pointer in use. */
function setLevel(cpu: usize, level: u32, spsel: u32): void {
  const old = load<u32>(cpu + C_SPSEL) != 0 ? load<u32>(cpu + C_EL) : 0;
  const now = spsel != 0 ? level : 0;
  if (old != now) {
    store<u64>(cpu + C_SP_BANK + old * 8, load<u64>(cpu + SP));
    store<u64>(cpu + SP, load<u64>(cpu + C_SP_BANK + now * 8));
  }
  store<u32>(cpu + C_EL, level);
  store<u32>(cpu + C_SPSEL, spsel);
}

/** Recomputes what depends on the level and on CPACR, SCTLR, MDSCR. */
export function levelChanged(cpu: usize): void {
  count(cpu, EVENT_LEVEL_CHANGED);
  const level = load<u32>(cpu + C_EL);
  const fpen = ((load<u64>(cpu + C_CPACR_EL1) >> 20) as u32) & 3;
  store<u32>(cpu + C_FP_TRAP, (level == 0 ? fpen != 3 : level == 1 ? (fpen & 1) == 0 : false) ? 1 : 0);
  const sctlr = load<u64>(cpu + C_SCTLR_EL1);
  store<u32>(cpu + C_SP_CHECK, ((level == 0 ? sctlr >> 4 : sctlr >> 3) & 1) != 0 ? 15 : 0);
  store<u32>(cpu + C_MASKABLE, 7);
  stepChanged(cpu);
  selectTables(cpu);
}

/** Software step is active when MDSCR.SS is set, the OS lock is open, and debug exceptions from this level are enabled (D2.12.1). */
export function stepChanged(cpu: usize): void {
  const mdscr = load<u64>(cpu + C_MDSCR_EL1);
  const level = load<u32>(cpu + C_EL);
  const unlocked = (load<u64>(cpu + C_OSLSR_EL1) & 2) == 0;
  const enabled = unlocked && (level == 0 || ((mdscr >> 13) & 1) != 0 && (load<u32>(cpu + C_DAIF) & 8) == 0);
  const step = enabled && (mdscr & 1) != 0;
  const compare = enabled && ((mdscr >> 15) & 1) != 0;
  store<u32>(cpu + C_STEPPING, (step ? 1 : 0) | (compare ? 2 : 0));
}

function enter(cpu: usize, kind: u64, returnAddress: u64): void {
  if (load<u32>(cpu + C_PMU_ACTIVE) != 0) pmuSync(cpu);
  const from = load<u32>(cpu + C_EL);
  const to = targetLevel(cpu, from);
  const group: u64 = to > from ? 0x400 : load<u32>(cpu + C_SPSEL) != 0 ? 0x200 : 0;
  store<u64>(cpu + C_SPSR_EL1, pstate(cpu));
  store<u64>(cpu + C_ELR_EL1, returnAddress);
  setLevel(cpu, to, 1);
  store<u32>(cpu + C_DAIF, 15);
  store<u32>(cpu + C_SS, 0);
  store<u32>(cpu + C_IL, 0);
  store<u64>(cpu + C_PC, load<u64>(cpu + C_VBAR_EL1) + group + kind);
  store<u64>(cpu + C_EXCEPTION_COUNT, load<u64>(cpu + C_EXCEPTION_COUNT) + 1);
  levelChanged(cpu);
}

/** Takes a synchronous exception with the given class and ISS; PC becomes the vector. */
export function raise(cpu: usize, ec: u32, iss: u32, returnAddress: u64): void {
  countException(cpu, ec);
  const esr = (ec << 26) | (1 << 25) | iss;
  // A guest that faults in its own vectors goes nowhere.
  const inVectors = load<u32>(cpu + C_EL) != 0 && returnAddress - load<u64>(cpu + C_VBAR_EL1) < 0x800;
  const hopeless = noteException(cpu, esr as u64, returnAddress, pstate(cpu), inVectors);
  enter(cpu, OFFSET_SYNC, returnAddress);
  store<u64>(cpu + C_ESR_EL1, esr as u64);
  store<u32>(cpu + C_LEAVE, hopeless ? LEAVE_HOST : LEAVE_RESYNC);
}

/** The same for aborts and alignment faults, which also set FAR. `ec` is the class for a lower level. */
export function raiseWithAddress(cpu: usize, ec: u32, iss: u32, address: u64, returnAddress: u64): void {
  store<u64>(cpu + C_LAST_FAR, address);
  const same = load<u32>(cpu + C_EL) != 0 && (ec == EC_INSTRUCTION_ABORT || ec == EC_DATA_ABORT || ec >= 0x30) ? 1 : 0;
  raise(cpu, ec + same, iss, returnAddress);
  store<u64>(cpu + C_FAR_EL1, address);
}

/**
 * Takes the interrupt `kind` (0 IRQ, 1 FIQ, 2 SError, as vectors are ordered) before the instruction at `pc` when its line is up and it is
 * not masked. Answers whether it did.
 */
export function takeInterrupt(cpu: usize, kind: u32, pc: u64): u32 {
  const bit: u32 = kind == 0 ? 2 : kind == 1 ? 1 : 4;
  if ((load<u32>(cpu + C_IRQ_LINES) & bit & ~(load<u32>(cpu + C_DAIF) & load<u32>(cpu + C_MASKABLE))) == 0) return 0;
  count(cpu, EVENT_IRQ + kind);
  noteInterrupt(cpu, kind, pc, pstate(cpu));
  enter(cpu, 0x80 * (kind + 1), pc);
  return 1;
}

function setFlags(cpu: usize, spsr: u32): void {
  store<u32>(cpu + C_NF, spsr >> 31);
  store<u32>(cpu + C_ZF, (spsr >> 30) & 1);
  store<u32>(cpu + C_CF, (spsr >> 29) & 1);
  store<u32>(cpu + C_VF, (spsr >> 28) & 1);
  store<u32>(cpu + C_DAIF, (spsr >> 6) & 15);
}

/** Exception return; an illegal one sets PSTATE.IL and stays at this level (D1.4.4). */
export function eret(cpu: usize, _pc: u64): void {
  count(cpu, EVENT_ERET);
  if (load<u32>(cpu + C_PMU_ACTIVE) != 0) pmuSync(cpu);
  const level = load<u32>(cpu + C_EL);
  const spsr = load<u64>(cpu + C_SPSR_EL1) as u32;
  const target = (spsr >> 2) & 3;
  const illegal = (spsr & 0x10) != 0 || target > level || (spsr & 2) != 0 || (target == 0 && (spsr & 1) != 0);
  store<u64>(cpu + C_PC, load<u64>(cpu + C_ELR_EL1));
  store<u32>(cpu + C_EXCL_ARMED, 0);
  // The event register is set by an exception return (D1.6.1).
  store<u32>(cpu + C_EVENT, 1);
  noteReturn(cpu);
  const steppedBefore = load<u32>(cpu + C_STEPPING);
  setFlags(cpu, spsr);
  if (illegal) {
    store<u32>(cpu + C_IL, 1);
  } else {
    store<u32>(cpu + C_IL, (spsr >> 20) & 1);
    setLevel(cpu, target, spsr & 1);
  }
  levelChanged(cpu);
  // D2.12.4: SS comes from SPSR only when the level that is returned to is stepped and this one was not.
  const stepped = load<u32>(cpu + C_STEPPING);
  store<u32>(cpu + C_SS, (stepped & 1) != 0 && (steppedBefore & 1) == 0 ? (spsr >> 21) & 1 : 0);
}

/** MSR SPSel. */
export function setSpsel(cpu: usize, spsel: u32): void {
  setLevel(cpu, load<u32>(cpu + C_EL), spsel);
}

/** To be called when DAIF changed where that may matter to debug exceptions. */
export function debugMaskChanged(cpu: usize): void {
  const before = load<u32>(cpu + C_STEPPING);
  stepChanged(cpu);
  // Of what the tables depend on, this alone may have changed.
  if (load<u32>(cpu + C_STEPPING) != before) selectTables(cpu);
}

/** Takes the event register back; other cores may be setting it. */
function takeEvent(cpu: usize): bool {
  return load<u32>(cpu + C_EVENT) != 0 && atomic.xchg<u32>(cpu + C_EVENT, 0) != 0;
}

/** WFI (`kind` 0), WFE (1). Answers how the instruction ends. */
export function waitFor(cpu: usize, kind: u32, _pc: u64): u32 {
  if (kind == 1) {
    if (takeEvent(cpu)) return 0;
    if (parallel && spinForEvent(cpu)) return 0;
  }
  if (load<u32>(cpu + C_IRQ_LINES) != 0) return 4;
  store<u32>(cpu + C_WAITING, kind + 1);
  return LEAVE_WAIT;
}
