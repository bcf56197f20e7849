import type { Bank } from '../gic/bank.ts';
import type { Interrupts } from '../gic/interrupts.ts';

/** What SGIs need of a core. */
interface Target {
  readonly index: number;
  readonly bank: Bank;
  /** By SGI, the cores that sent it, as a set. */
  readonly sources: Uint8Array;
}

interface Targets {
  readonly cores: readonly Target[];
  readonly accessing: Target;
  readonly interrupts: Interrupts;
}

/** GICD_SGIR.TargetListFilter. */
const TO_OTHERS = 1;
const TO_SELF = 2;

/** Sends what a write to GICD_SGIR describes (IHI 0048 GICD_SGIR). NSATT does not matter with one Security state. */
export function sendSgi(gic: Targets, value: number): void {
  const from = gic.accessing;
  const filter = (value >>> 24) & 3;
  for (const core of gic.cores) {
    const own = core === from;
    const named = filter === TO_OTHERS ? !own : filter === TO_SELF ? own : filter === 0 && (value >>> (16 + core.index)) & 1;
    if (named) setSources(gic, core, value & 15, (core.sources[value & 15] as number) | (1 << from.index));
  }
}

/** The SGI is pending as long as it is from at least one source. */
export function setSources(gic: Targets, core: Target, sgi: number, sources: number): void {
  core.sources[sgi] = sources & ((1 << gic.cores.length) - 1);
  if (core.sources[sgi] === 0) core.bank.latched &= ~(1 << sgi);
  else core.bank.latched |= 1 << sgi;
  gic.interrupts.changed(core.bank);
}

/** An SGI is no longer pending from one of its sources, which is answered; from others it stays pending. */
export function takeSource(gic: Targets, core: Target, sgi: number): number {
  const source = sourceOf(core, sgi);
  setSources(gic, core, sgi, (core.sources[sgi] as number) & ~(1 << source));
  return source;
}

export function putSource(gic: Targets, core: Target, sgi: number, source: number): void {
  setSources(gic, core, sgi, (core.sources[sgi] as number) | (1 << source));
}

/** The CPUID field that comes with an SGI in GICC_IAR and HPPIR: the lowest of its sources (IMPLEMENTATION DEFINED). */
export function sourceOf(core: Target, intid: number): number {
  const sources = intid < 16 ? (core.sources[intid] as number) : 0;
  return sources === 0 ? 0 : 31 - Math.clz32(sources & -sources);
}
