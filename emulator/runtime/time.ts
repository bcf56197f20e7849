/** Virtual time of a core, and its counters. */
import { EVENT_COUNTER_READ } from './dist/layout';
import { count } from './events';
import { C_BUDGET, C_CNTVOFF_EL2, C_RUN_START, C_TIME_LIMIT, C_UNCOUNTED, C_UPC } from './dist/layout';
import { CLOCK_CYCLES, CLOCK_NS, COUNTER_CHARGE, COUNTER_HZ, TICK_NS } from './memory';
import { clock, parallel } from './parallel';

/** Virtual ns at the instruction that runs now. */
export function now(cpu: usize): u64 {
  if (parallel) return clock();
  const cycle = elapsed(cpu);
  const unit: u64 = load<u32>(CLOCK_CYCLES);
  if (unit == 1) return cycle * load<u32>(CLOCK_NS);
  const ns: u64 = load<u32>(CLOCK_NS);
  return (cycle / unit) * ns + ((cycle % unit) * ns) / unit;
}

/** Cycles of the core's clock that have passed. */
export function cycles(cpu: usize): u64 {
  if (!parallel) return elapsed(cpu);
  const unit: u64 = load<u32>(CLOCK_NS);
  const ns = clock();
  return (ns / unit) * load<u32>(CLOCK_CYCLES) + ((ns % unit) * load<u32>(CLOCK_CYCLES)) / unit;
}

/** What the core has spent, a cycle for each instruction and what was charged. Valid in calls from generated code, which has spilled. */
function elapsed(cpu: usize): u64 {
  const run = (load<u32>(cpu + C_UPC) - load<u32>(cpu + C_RUN_START)) >> 4;
  return load<u64>(cpu + C_TIME_LIMIT) - (load<i32>(cpu + C_BUDGET) as i64) + run;
}

export function ticksOf(ns: u64): u64 {
  const tickNs = load<u32>(TICK_NS);
  if (tickNs != 0) return ns / tickNs;
  const hz = load<u64>(COUNTER_HZ);
  return (ns / 1_000_000_000) * hz + ((ns % 1_000_000_000) * hz) / 1_000_000_000;
}

/** CNTPCT_EL0. Reading is charged a declared time, so that loops that only poll the counter end soon. */
export function physicalCount(cpu: usize): u64 {
  count(cpu, EVENT_COUNTER_READ);
  if (parallel) return ticksOf(clock());
  const charge = load<u32>(COUNTER_CHARGE);
  // Off the budget, so that the slice ends when its time is over: what is due then must not wait for the end of a loop that polls.
  store<i32>(cpu + C_BUDGET, load<i32>(cpu + C_BUDGET) - charge);
  store<u64>(cpu + C_UNCOUNTED, load<u64>(cpu + C_UNCOUNTED) + charge);
  return ticksOf(now(cpu));
}

/** CNTVCT_EL0. */
export function virtualCount(cpu: usize): u64 {
  return physicalCount(cpu) - load<u64>(cpu + C_CNTVOFF_EL2);
}

/** Instructions that the core has executed since it was created. */
export function instructions(cpu: usize): u64 {
  return elapsed(cpu) - load<u64>(cpu + C_UNCOUNTED);
}
