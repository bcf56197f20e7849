import type { DeviceState, Dma } from '../device.ts';
import { Bank } from '../gic/bank.ts';
import { CpuInterface } from '../gic/cpu-interface.ts';
import { Interrupts, interruptSource } from '../gic/interrupts.ts';
import { sharedBanks, type GicOptions } from '../gic/options.ts';
import { VirtualInterface } from '../gic/virtual-interface.ts';
import { Lpis, withLpis } from './lpis.ts';
import { Routes } from './routes.ts';

export interface GicV3Options extends GicOptions {
  /** A core's affinity as in GICR_TYPER[63:32]: Aff3, Aff2, Aff1, Aff0 from the highest byte down. */
  affinity(core: number): number;
  /** LPIs, and an ITS for them: their tables lie in this memory. Absent: there are none. */
  readonly lpiMemory?: Dma | undefined;
}

/** Implemented bits of a priority: 32 levels (ICC_CTLR_EL1.PRIbits), as the cores that QEMU models have. */
export const PRIORITY_BITS = 5;

/** SGIs are edge-triggered (IHI 0069 GICR_ICFGR0). */
const SGIS = 0xffff;

/** ICH_HCR_EL2: TC, TALL0, TALL1, TDIR. */
export const HCR_TRAPS = 0x5c00;

/** What belongs to one core: its redistributor and its CPU interface. */
export class GicV3Core {
  readonly index: number;
  readonly affinity: number;
  /** SGIs and PPIs. */
  readonly bank: Bank;
  readonly gic: GicV3State;
  readonly cpu: CpuInterface;
  readonly virtual: VirtualInterface | undefined;
  readonly lpis: Lpis | undefined;
  /** GICR_WAKER.ProcessorSleep. */
  asleep = true;

  constructor(index: number, options: GicV3Options, gic: GicV3State) {
    this.index = index;
    this.affinity = options.affinity(index) >>> 0;
    this.bank = new Bank({ base: 0, core: index, alwaysEdge: SGIS });
    this.gic = gic;
    const { lpiMemory } = options;
    this.lpis =
      lpiMemory &&
      new Lpis(lpiMemory, () => {
        this.cpu.update();
        options.pendingChanged?.(index);
      });
    const others = interruptSource(index, () => gic.interrupts);
    this.cpu = new CpuInterface(
      this.lpis ? withLpis(others, this.lpis, () => gic.interrupts.enabledGroups) : others,
      PRIORITY_BITS,
      options.output(index, 'irq'),
      options.output(index, 'fiq'),
    );
    const { virtualization } = options;
    if (!virtualization) return;
    const maintenance = {
      set: (level: boolean) => gic.interrupts.line(this.bank, 16 + virtualization.maintenancePpi).set(level),
    };
    const outputs = { irq: options.output(index, 'virq'), fiq: options.output(index, 'vfiq'), maintenance };
    this.virtual = new VirtualInterface(outputs, HCR_TRAPS, true, (intid) => gic.interrupts.deactivate(index, intid));
  }

  reset(): void {
    this.bank.reset();
    this.cpu.reset();
    this.cpu.fiqGroups = 1;
    this.asleep = true;
    this.virtual?.reset();
    this.lpis?.reset();
  }

  save(): DeviceState {
    const { virtual, lpis } = this;
    return {
      ...{ bank: this.bank.save(), cpu: this.cpu.save(), asleep: this.asleep },
      ...(virtual ? { virtual: virtual.save() } : {}),
      ...(lpis ? { lpis: lpis.save() } : {}),
    };
  }

  restore(state: DeviceState): void {
    this.bank.restore(state['bank'] as DeviceState);
    this.cpu.restore(state['cpu'] as DeviceState);
    this.asleep = state['asleep'] as boolean;
    this.virtual?.restore(state['virtual'] as DeviceState);
    this.lpis?.restore(state['lpis'] as DeviceState);
  }
}

/** What the frames and the system registers of a GICv3 work on. */
export class GicV3State {
  readonly cores: readonly GicV3Core[];
  readonly shared: readonly Bank[];
  readonly interrupts: Interrupts;
  readonly routes: Routes;

  constructor(options: GicV3Options) {
    this.cores = Array.from({ length: options.cores }, (_, index) => new GicV3Core(index, options, this));
    this.shared = sharedBanks(options.spis);
    this.interrupts = new Interrupts(
      this.cores.map((core) => core.bank),
      this.shared,
      (core) => {
        if (options.listed) options.listed(core);
        else (this.cores[core] as GicV3Core).cpu.update();
        options.pendingChanged?.(core);
      },
    );
    this.routes = new Routes(this.shared.length * 32, this.cores, this.interrupts);
  }
}
