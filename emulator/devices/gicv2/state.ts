import { assert } from '../../base/assert.ts';
import { Bank } from '../gic/bank.ts';
import { CpuInterface } from '../gic/cpu-interface.ts';
import { Interrupts, interruptSource } from '../gic/interrupts.ts';
import { sharedBanks, type GicOptions } from '../gic/options.ts';
import { VirtualInterface } from '../gic/virtual-interface.ts';
import { putSource, takeSource } from './software-interrupts.ts';

/** Implemented bits of a priority: all, as in QEMU. A GIC-400 has 5. */
const PRIORITY_BITS = 8;

/** Edge-triggered, always enabled, and pending for each source (IHI 0048 GICD_ICFGRn, ISENABLERn, CPENDSGIRn). */
const SGIS = 0xffff;

/** What belongs to one core: the banked part of the distributor, and the CPU interface. */
export class GicV2Core {
  readonly index: number;
  readonly bank: Bank;
  /** For each SGI the cores from which it is pending. */
  readonly sources = new Uint8Array(16);
  readonly cpu: CpuInterface;
  /** GICC_CTLR.AckCtl: GICC_IAR acknowledges interrupts of Group 1, too. */
  ackCtl = false;
  readonly virtual: VirtualInterface | undefined;

  constructor(index: number, options: GicOptions, interrupts: () => Interrupts) {
    this.index = index;
    this.bank = new Bank({ base: 0, core: index, alwaysEdge: SGIS, alwaysEnabled: SGIS, latchedElsewhere: SGIS });
    this.cpu = new CpuInterface(
      interruptSource(index, interrupts),
      PRIORITY_BITS,
      options.output(index, 'irq'),
      options.output(index, 'fiq'),
    );
    const { virtualization } = options;
    if (!virtualization) return;
    const maintenance = {
      set: (level: boolean) =>
        interrupts()
          .line(this.bank, 16 + virtualization.maintenancePpi)
          .set(level),
    };
    const outputs = { irq: options.output(index, 'virq'), fiq: options.output(index, 'vfiq'), maintenance };
    this.virtual = new VirtualInterface(outputs, 0, false, (intid) => interrupts().deactivate(index, intid));
  }
}

/** What the frames of a GICv2 work on. */
export class GicV2State {
  readonly cores: readonly GicV2Core[];
  readonly shared: readonly Bank[];
  readonly interrupts: Interrupts;
  /** GICD_ITARGETSR<8..>, a byte an SPI. */
  readonly targets: Uint8Array;
  private readonly currentCore: () => number;

  constructor(options: GicOptions) {
    assert(options.cores >= 1 && options.cores <= 8, 'a GICv2 has 1 to 8 cores');
    this.currentCore = () => options.currentCore();
    this.cores = Array.from({ length: options.cores }, (_, index) => new GicV2Core(index, options, () => this.interrupts));
    this.shared = sharedBanks(options.spis);
    this.targets = new Uint8Array(this.shared.length * 32);
    this.interrupts = new Interrupts(
      this.cores.map((core) => core.bank),
      this.shared,
      (core) => {
        if (options.listed) options.listed(core);
        else (this.cores[core] as GicV2Core).cpu.update();
        options.pendingChanged?.(core);
      },
      {
        take: (core, sgi) => takeSource(this, this.cores[core] as GicV2Core, sgi),
        put: (core, sgi, source) => putSource(this, this.cores[core] as GicV2Core, sgi, source),
      },
    );
  }

  /** The core that makes the access. */
  get accessing(): GicV2Core {
    return this.cores[this.currentCore()] as GicV2Core;
  }

  /** With a single core there are no targets to choose: everything goes there (IHI 0048 GICD_ITARGETSRn). */
  get isUniprocessor(): boolean {
    return this.cores.length === 1;
  }

  setTargets(spi: number, cores: number): void {
    this.targets[spi] = cores & ((1 << this.cores.length) - 1);
    this.applyTargets(spi);
  }

  private applyTargets(spi: number): void {
    this.interrupts.route(32 + spi, this.isUniprocessor ? 1 : (this.targets[spi] as number));
  }

  /** After a reset or a restore. */
  apply(): void {
    for (let spi = 0; spi < this.targets.length; spi++) this.applyTargets(spi);
    this.interrupts.changedAll();
  }
}
