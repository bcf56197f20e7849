/** Exception entry and return, PSTATE, and what depends on the level (DDI 0487 D1.3). */
import { EVENT_ERET, EVENT_IRQ, EVENT_LEVEL_CHANGED } from './dist/layout';
import { count, countException } from './events';
import {
  C_CF,
  C_CPACR_EL1,
  C_CPTR_EL2,
  C_DAIF,
  C_EL,
  C_EL2_AT_HOST,
  C_ELR_EL1,
  C_ELR_EL2,
  C_ESR_EL1,
  C_ESR_EL2,
  C_EVENT,
  C_EXCEPTION_COUNT,
  C_EXCL_ARMED,
  C_FAR_EL1,
  C_FAR_EL2,
  C_FP_TRAP,
  C_HCR_EL2,
  C_HPFAR_EL2,
  C_IL,
  C_LAST_FAR,
  C_LEAVE,
  C_MASKABLE,
  C_MDCR_EL2,
  C_MDSCR_EL1,
  C_NF,
  C_OSLSR_EL1,
  C_PC,
  C_PMU_ACTIVE,
  C_SCTLR,
  C_SPSEL,
  C_SPSR_EL1,
  C_SPSR_EL2,
  C_SP_BANK,
  C_SP_CHECK,
  C_SS,
  C_STEPPING,
  C_VBAR_EL1,
  C_VBAR_EL2,
  C_VF,
  C_WAITING,
  C_X,
  C_ZF,
  LEAVE_CHECKPOINT,
  LEAVE_HOST,
  LEAVE_RESYNC,
  LEAVE_WAIT,
} from './dist/layout';
import { HCR_TGE, HCR_TWI, HCR_VSE, hcr, regimeOf } from './el2';
import { interruptPending, interruptTarget, interruptsChanged } from './interrupts';
import { noteException, noteInterrupt, noteReturn } from './hopeless';
import { parallel, spinForEvent } from './parallel';
import { pmuSync } from './pmu';
import { selectTables } from './tlb';
import { control } from './walk';

const EC_WAIT: u32 = 0x01;
const EC_FP: u32 = 0x07;
export const EC_ILLEGAL_STATE: u32 = 0x0e;
export const EC_INSTRUCTION_ABORT: u32 = 0x20;
export const EC_PC_ALIGNMENT: u32 = 0x22;
export const EC_DATA_ABORT: u32 = 0x24;
const EC_SERROR: u32 = 0x2f;
const EC_BREAKPOINT: u32 = 0x30;
const EC_WATCHPOINT: u32 = 0x34;
const EC_BRK: u32 = 0x3c;
const TDE: u64 = 1 << 8;

const SP: u32 = C_X + 33 * 8;
const OFFSET_SYNC: u64 = 0;

/** The level that debug exceptions go to from EL0 and EL1: MDCR_EL2.TDE, HCR_EL2.TGE (D2.3). */
// @ts-ignore: decorator
@inline
function debugLevel(cpu: usize): u32 {
  return (load<u64>(cpu + C_MDCR_EL2) & TDE) != 0 || (hcr(cpu) & HCR_TGE) != 0 ? 2 : 1;
}

/** The level that takes a synchronous exception of a class from here, where no trap says otherwise. */
function targetLevel(cpu: usize, ec: u32): u32 {
  const from = load<u32>(cpu + C_EL);
  if (from == 2) return 2;
  if ((ec >= EC_BREAKPOINT && ec <= EC_WATCHPOINT) || ec == EC_BRK) return debugLevel(cpu);
  if (ec == EC_FP && load<u32>(cpu + C_FP_TRAP) == 2) return 2;
  return from == 0 && (hcr(cpu) & HCR_TGE) != 0 ? 2 : 1;
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
  const closed = level == 0 ? fpen != 3 : level == 1 && (fpen & 1) == 0;
  // CPTR_EL2.TFP comes after CPACR_EL1.
  store<u32>(cpu + C_FP_TRAP, closed ? 1 : ((load<u64>(cpu + C_CPTR_EL2) as u32) >> 9) & 2);
  const sctlr = control(cpu, regimeOf(cpu));
  store<u64>(cpu + C_SCTLR, sctlr);
  store<u32>(cpu + C_SP_CHECK, ((level == 0 ? sctlr >> 4 : sctlr >> 3) & 1) != 0 ? 15 : 0);
  store<u32>(cpu + C_MASKABLE, 7);
  interruptsChanged(cpu);
  stepChanged(cpu);
  selectTables(cpu);
}

/** Software step is active when MDSCR.SS is set, the OS lock is open, and debug exceptions from this level are enabled (D2.4, D2.12.1). */
export function stepChanged(cpu: usize): void {
  const mdscr = load<u64>(cpu + C_MDSCR_EL1);
  const level = load<u32>(cpu + C_EL);
  const unlocked = (load<u64>(cpu + C_OSLSR_EL1) & 2) == 0;
  const target = debugLevel(cpu);
  const open = level < target || (level == target && ((mdscr >> 13) & 1) != 0 && (load<u32>(cpu + C_DAIF) & 8) == 0);
  const enabled = unlocked && open;
  const step = enabled && (mdscr & 1) != 0;
  const compare = enabled && ((mdscr >> 15) & 1) != 0;
  store<u32>(cpu + C_STEPPING, (step ? 1 : 0) | (compare ? 2 : 0));
}

function enter(cpu: usize, kind: u64, returnAddress: u64, to: u32): void {
  if (load<u32>(cpu + C_PMU_ACTIVE) != 0) pmuSync(cpu);
  const from = load<u32>(cpu + C_EL);
  const group: u64 = to > from ? 0x400 : load<u32>(cpu + C_SPSEL) != 0 ? 0x200 : 0;
  store<u64>(cpu + (to == 2 ? C_SPSR_EL2 : C_SPSR_EL1), pstate(cpu));
  store<u64>(cpu + (to == 2 ? C_ELR_EL2 : C_ELR_EL1), returnAddress);
  setLevel(cpu, to, 1);
  store<u32>(cpu + C_DAIF, 15);
  store<u32>(cpu + C_SS, 0);
  store<u32>(cpu + C_IL, 0);
  store<u64>(cpu + C_PC, load<u64>(cpu + (to == 2 ? C_VBAR_EL2 : C_VBAR_EL1)) + group + kind);
  store<u64>(cpu + C_EXCEPTION_COUNT, load<u64>(cpu + C_EXCEPTION_COUNT) + 1);
  levelChanged(cpu);
}

/**
 * Takes a synchronous exception with the given class and ISS; PC becomes the vector. Classes that have a number for each are those of a
 * lower level.
 */
export function raise(cpu: usize, ec: u32, iss: u32, returnAddress: u64): void {
  const to = targetLevel(cpu, ec);
  // With HCR_EL2.TGE, EL2 gets FP and SIMD that CPACR_EL1 traps as what it does not know (AArch64.AdvSIMDFPAccessTrap).
  if (ec == EC_FP && to == 2 && load<u32>(cpu + C_FP_TRAP) == 1) raiseAt(cpu, 0, 0, returnAddress, 2);
  else raiseAt(cpu, ec, iss, returnAddress, to);
}

/** The same to EL2: its traps, and HVC. */
export function raiseToEl2(cpu: usize, ec: u32, iss: u32, returnAddress: u64): void {
  raiseAt(cpu, ec, iss, returnAddress, 2);
}

function hasPair(ec: u32): bool {
  return ec == EC_INSTRUCTION_ABORT || ec == EC_DATA_ABORT || (ec >= EC_BREAKPOINT && ec <= EC_WATCHPOINT);
}

function raiseAt(cpu: usize, lowerEc: u32, iss: u32, returnAddress: u64, to: u32): void {
  const from = load<u32>(cpu + C_EL);
  const ec = from == to && hasPair(lowerEc) ? lowerEc + 1 : lowerEc;
  countException(cpu, ec);
  const esr = (ec << 26) | (1 << 25) | iss;
  // A guest that faults in its own vectors goes nowhere.
  const inVectors = from == to && returnAddress - load<u64>(cpu + (to == 2 ? C_VBAR_EL2 : C_VBAR_EL1)) < 0x800;
  const atHost = to == 2 && load<u32>(cpu + C_EL2_AT_HOST) != 0;
  const leaves = atHost || noteException(cpu, esr as u64, returnAddress, pstate(cpu), inVectors);
  enter(cpu, OFFSET_SYNC, returnAddress, to);
  store<u64>(cpu + (to == 2 ? C_ESR_EL2 : C_ESR_EL1), esr as u64);
  store<u32>(cpu + C_LEAVE, leaves ? LEAVE_HOST : LEAVE_RESYNC);
}

/** The same for aborts and alignment faults, which also set FAR. */
export function raiseWithAddress(cpu: usize, ec: u32, iss: u32, address: u64, returnAddress: u64): void {
  const to = targetLevel(cpu, ec);
  store<u64>(cpu + C_LAST_FAR, address);
  raiseAt(cpu, ec, iss, returnAddress, to);
  store<u64>(cpu + (to == 2 ? C_FAR_EL2 : C_FAR_EL1), address);
}

/** An abort of stage 2, by the address that it could not translate (DDI 0487 D8.15.6). */
export function raiseStage2(cpu: usize, ec: u32, iss: u32, address: u64, ipa: u64, returnAddress: u64): void {
  store<u64>(cpu + C_LAST_FAR, address);
  raiseAt(cpu, ec, iss, returnAddress, 2);
  store<u64>(cpu + C_FAR_EL2, address);
  store<u64>(cpu + C_HPFAR_EL2, (ipa >> 12) << 4);
}

/**
 * Takes the interrupt `kind` (0 IRQ, 1 FIQ, 2 SError, as vectors are ordered) before the instruction at `pc` when the level may take it and
 * it is not masked. Answers whether it did.
 */
export function takeInterrupt(cpu: usize, kind: u32, pc: u64): u32 {
  const to = interruptTarget(cpu, kind == 0 ? 2 : kind == 1 ? 1 : 4);
  if (to == 0) return 0;
  count(cpu, EVENT_IRQ + kind);
  noteInterrupt(cpu, kind, pc, pstate(cpu));
  const virtual = kind == 2 && to == 1 && (hcr(cpu) & HCR_VSE) != 0;
  // A virtual SError is taken once (D1.3.7).
  if (virtual) store<u64>(cpu + C_HCR_EL2, hcr(cpu) & ~HCR_VSE);
  enter(cpu, 0x80 * (kind + 1), pc, to);
  if (virtual) store<u64>(cpu + C_ESR_EL1, (EC_SERROR << 26) | (1 << 25));
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
  const spsr = load<u64>(cpu + (level == 2 ? C_SPSR_EL2 : C_SPSR_EL1)) as u32;
  const target = (spsr >> 2) & 3;
  const noEl1 = target == 1 && (hcr(cpu) & HCR_TGE) != 0;
  const illegal = (spsr & 0x10) != 0 || target > level || (spsr & 2) != 0 || (target == 0 && (spsr & 1) != 0) || noEl1;
  store<u64>(cpu + C_PC, load<u64>(cpu + (level == 2 ? C_ELR_EL2 : C_ELR_EL1)));
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

/** WFI (`kind` 0), WFE (1); HCR_EL2.TWI and TWE trap those that would wait. Answers how the instruction ends. */
export function waitFor(cpu: usize, kind: u32, pc: u64): u32 {
  if (kind == 1) {
    if (takeEvent(cpu)) return 0;
    if (parallel && spinForEvent(cpu)) return 0;
  }
  if (interruptPending(cpu)) return LEAVE_CHECKPOINT;
  if (load<u32>(cpu + C_EL) < 2 && ((hcr(cpu) >> (HCR_TWI + kind)) & 1) != 0) {
    raiseToEl2(cpu, EC_WAIT, 0x01e0_0000 | kind, pc);
    return load<u32>(cpu + C_LEAVE);
  }
  store<u32>(cpu + C_WAITING, kind + 1);
  return LEAVE_WAIT;
}
