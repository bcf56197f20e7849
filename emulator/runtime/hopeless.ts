/**
 * Guests that cannot go on: exceptions that are only answered by further ones, with no return between. What was first is kept (CAUSE_*), so
 * that the machine can say what the guest died of.
 */
import {
  C_BEFORE_CAUSE,
  C_CAUSE_ELR,
  C_CAUSE_ESR,
  C_CAUSE_FAR,
  C_CAUSE_NS,
  C_CAUSE_NUMBER,
  C_CAUSE_SPSR,
  C_EL,
  C_EXCEPTION_COUNT,
  C_LAST_ELR,
  C_LAST_ESR,
  C_LAST_FAR,
  C_NESTED,
  C_REPEATS,
  C_SAME_FAULTS,
} from './dist/layout';
import { now } from './time';

/** Exceptions in a row within the vectors after which the guest is given up. */
const IN_VECTORS: u32 = 64;
/** The same for one that is raised by the same instruction again and again: a handler that is itself what fails. */
const ELSEWHERE: u32 = 2048;
/** In CAUSE_ESR: no syndrome, but an interrupt, whose kind is in bits 1:0. */
const INTERRUPT: u64 = <u64>1 << 32;
/** CAUSE_ESR to CAUSE_NS lie beside each other. */
const CAUSE_BYTES: usize = 48;

function setCause(cpu: usize, esr: u64, pc: u64, spsr: u64, nested: u32): void {
  if (nested != 0) memory.copy(cpu + C_BEFORE_CAUSE, cpu + C_CAUSE_ESR, CAUSE_BYTES);
  else store<u64>(cpu + C_BEFORE_CAUSE + (C_CAUSE_NUMBER - C_CAUSE_ESR), 0);
  store<u64>(cpu + C_CAUSE_ESR, esr);
  store<u64>(cpu + C_CAUSE_FAR, load<u64>(cpu + C_LAST_FAR));
  store<u64>(cpu + C_CAUSE_ELR, pc);
  store<u64>(cpu + C_CAUSE_SPSR, spsr);
  store<u64>(cpu + C_CAUSE_NUMBER, load<u64>(cpu + C_EXCEPTION_COUNT) + 1);
  store<u64>(cpu + C_CAUSE_NS, now(cpu));
}

/** Takes note of a synchronous exception that is about to be taken. Answers whether the guest cannot go on; SAME_FAULTS is then large. */
export function noteException(cpu: usize, esr: u64, pc: u64, spsr: u64, inVectors: bool): bool {
  const nested = load<u32>(cpu + C_NESTED);
  const again = nested != 0 && load<u32>(cpu + C_EL) != 0 && load<u64>(cpu + C_LAST_ESR) == esr && load<u64>(cpu + C_LAST_ELR) == pc;
  store<u32>(cpu + C_NESTED, nested + 1);
  store<u64>(cpu + C_LAST_ESR, esr);
  store<u64>(cpu + C_LAST_ELR, pc);
  // The code of a small program may lie in the room of its last vectors: the first exception is a cause wherever it comes from.
  if (nested == 0 || (!inVectors && !again)) {
    setCause(cpu, esr, pc, spsr, nested);
    store<u32>(cpu + C_SAME_FAULTS, 0);
    store<u32>(cpu + C_REPEATS, 0);
    return false;
  }
  const repeats = load<u32>(cpu + C_REPEATS);
  // What repeats itself is the handler's: the cause is what it was to handle.
  const hadCause = load<u64>(cpu + C_BEFORE_CAUSE + (C_CAUSE_NUMBER - C_CAUSE_ESR)) != 0;
  if (!inVectors && repeats == 0 && load<u32>(cpu + C_SAME_FAULTS) == 0 && hadCause) memory.copy(cpu + C_CAUSE_ESR, cpu + C_BEFORE_CAUSE, CAUSE_BYTES);
  store<u32>(cpu + C_REPEATS, repeats + 1);
  store<u32>(cpu + C_SAME_FAULTS, inVectors ? load<u32>(cpu + C_SAME_FAULTS) + 1 : repeats + 1 >= ELSEWHERE ? IN_VECTORS : 0);
  return load<u32>(cpu + C_SAME_FAULTS) >= IN_VECTORS;
}

/** The same for an interrupt of a kind (0 IRQ, 1 FIQ, 2 SError): it is no fault, but may be what a guest cannot answer. */
export function noteInterrupt(cpu: usize, kind: u32, pc: u64, spsr: u64): void {
  const nested = load<u32>(cpu + C_NESTED);
  setCause(cpu, INTERRUPT | (kind as u64), pc, spsr, nested);
  store<u32>(cpu + C_NESTED, nested + 1);
}

/** An exception return: what was to be handled was handled. */
export function noteReturn(cpu: usize): void {
  store<u32>(cpu + C_NESTED, 0);
  store<u32>(cpu + C_REPEATS, 0);
  store<u32>(cpu + C_SAME_FAULTS, 0);
}
