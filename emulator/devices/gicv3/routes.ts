import type { Interrupts } from '../gic/interrupts.ts';

/** GICD_IROUTER<n>.Interrupt_Routing_Mode. */
const IRM = 1 << 31;
/** IRM, Aff2, Aff1 and Aff0; and Aff3 in the upper word. */
const LOW_MASK = IRM | 0x00ff_ffff;
const HIGH_MASK = 0xff;

/** The cores that SPIs are routed to, by affinity (IHI 0069 GICD_IROUTER<n>). */
export class Routes {
  /** GICD_IROUTER<32..>: lower and upper word alternate. */
  readonly words: Int32Array;
  private readonly cores: readonly { readonly affinity: number; readonly asleep: boolean }[];
  private readonly interrupts: Interrupts;

  constructor(spis: number, cores: Routes['cores'], interrupts: Interrupts) {
    this.words = new Int32Array(spis * 2);
    this.cores = cores;
    this.interrupts = interrupts;
  }

  /** `index` counts words of GICD_IROUTER<32> and onward. */
  write(index: number, value: number, mask: number): void {
    const old = this.words[index];
    if (old === undefined) return;
    this.words[index] = ((old & ~mask) | (value & mask)) & (index & 1 ? HIGH_MASK : LOW_MASK);
    this.apply(index >> 1);
  }

  /** Routes all SPIs anew: after a reset or a restore, and when a core wakes or falls asleep. */
  applyAll(): void {
    for (let spi = 0; spi < this.words.length / 2; spi++) this.apply(spi);
  }

  private apply(spi: number): void {
    const low = this.words[spi * 2] as number;
    const affinity = ((this.words[spi * 2 + 1] as number) << 24) | (low & 0x00ff_ffff);
    const target = low & IRM ? this.anyCore() : this.cores.findIndex((core) => core.affinity === affinity >>> 0);
    this.interrupts.route(32 + spi, target < 0 ? 0 : 1 << target);
  }

  /** Of the cores that may take a 1-of-N interrupt (which of them is IMPLEMENTATION DEFINED) always the first that is awake. */
  private anyCore(): number {
    const awake = this.cores.findIndex((core) => !core.asleep);
    return awake < 0 ? 0 : awake;
  }
}
