import type { Core } from './core.ts';
import type { Dma } from '../devices/device.ts';
import type { Runtime } from './runtime.ts';

const EC_SOFTWARE_STEP = 0x32;
const EC_BREAKPOINT = 0x30;
const DEBUG_EXCEPTION = 0x22;
/** ISS of a software step: ISV, and EX when a load-exclusive was stepped (DDI 0487 D2.12). */
const STEP_VALID = 1 << 24;
const STEP_OF_EXCLUSIVE = 1 << 6;
/** LDXR, LDAXR, LDXP and LDAXP. */
const LOAD_EXCLUSIVE_MASK = 0x3fc0_0000;
const LOAD_EXCLUSIVE = 0x0840_0000;
const BREAKPOINTS = 6;
/** Bits of the field STEPPING. */
const STEP = 1;
const COMPARE = 2;

/** Software step and hardware breakpoints (DDI 0487 D2.8, D2.12): while they are on, instructions go one at a time. */
export class SelfHostedDebug {
  private readonly runtime: Runtime;
  private readonly ram: Pick<Dma, 'read'>;
  private readonly runAlone: (core: Core) => void;
  private stepSyndrome = 0;

  constructor(runtime: Runtime, ram: Pick<Dma, 'read'>, runAlone: (core: Core) => void) {
    this.runtime = runtime;
    this.ram = ram;
    this.runAlone = runAlone;
  }

  /** Runs the instruction at PC, or takes the debug exception that goes before it. */
  step(core: Core): void {
    const mode = core.get32('STEPPING');
    const isStepped = (mode & STEP) !== 0;
    if (isStepped && core.get32('SS') === 0) {
      this.raise(core, EC_SOFTWARE_STEP, this.stepSyndrome);
      this.stepSyndrome = 0;
      return;
    }
    if ((mode & COMPARE) !== 0 && breakpointMatches(core)) return this.raise(core, EC_BREAKPOINT, 0);
    const exceptions = core.get64('EXCEPTION_COUNT');
    const word = this.wordAt(core);
    this.runAlone(core);
    if (!isStepped || core.get64('EXCEPTION_COUNT') !== exceptions) return;
    core.set32('SS', 0);
    this.stepSyndrome = STEP_VALID | ((word & LOAD_EXCLUSIVE_MASK) === LOAD_EXCLUSIVE ? STEP_OF_EXCLUSIVE : 0);
  }

  private raise(core: Core, ec: number, syndrome: number): void {
    this.runtime.raise(core.pointer, ec, DEBUG_EXCEPTION | syndrome, core.pc);
  }

  /** The instruction at PC, 0 where none can be fetched. */
  private wordAt(core: Core): number {
    const pa = BigInt.asIntN(64, this.runtime.explainAddress(core.pointer, core.pc, 2, core.get32('EL') === 0 ? 1 : 0));
    const word = new Uint8Array(4);
    if (pa >= 0n) this.ram.read(Number(pa), word);
    return new DataView(word.buffer).getUint32(0, true);
  }
}

/**
 * Whether a breakpoint's HMC, SSC and PMC have the present level (DDI 0487 Table D2-8, for a core in Non-secure state without EL3). What is
 * reserved works as if it were disabled.
 */
function matchesLevel(core: Core, control: number): boolean {
  const [pmc, hmc, ssc] = [(control >> 1) & 3, (control >> 13) & 1, (control >> 14) & 3];
  const isOfEl2Alone = hmc === 1 && (ssc & 1) === 1 && pmc === 0;
  const isReserved = hmc === 1 && (!core.hasEl2 || pmc === 2 || pmc === 0);
  const level = core.get32('EL');
  if (isOfEl2Alone) return level === 2;
  if (ssc !== 0 || isReserved) return false;
  return level === 2 ? hmc === 1 : (pmc & (level === 0 ? 2 : 1)) !== 0;
}

function breakpointMatches(core: Core): boolean {
  for (let n = 0; n < BREAKPOINTS; n++) {
    const control = Number(core.get64('DBGBCR', n));
    const isAddressMatch = ((control >> 20) & 15) === 0;
    if ((control & 1) === 0 || !isAddressMatch || !matchesLevel(core, control)) continue;
    if (BigInt.asUintN(49, core.get64('DBGBVR', n)) === BigInt.asUintN(49, core.pc)) return true;
  }
  return false;
}
