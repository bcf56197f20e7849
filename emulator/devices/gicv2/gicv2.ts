import { assert } from '../../base/assert.ts';
import type { Device, DeviceState, Line } from '../device.ts';
import type { Bank } from '../gic/bank.ts';
import type { Interrupts } from '../gic/interrupts.ts';
import type { GicOptions } from '../gic/options.ts';
import type { VirtualInterface } from '../gic/virtual-interface.ts';
import { CpuInterfaces } from './cpu-interface.ts';
import { Distributor } from './distributor.ts';
import { HypervisorControl, VirtualCpuInterfaces } from './virtual.ts';
import { GicV2State, type GicV2Core } from './state.ts';

/** A GICv2 (Arm IHI 0048) of 1 to 8 cores without Security Extensions, as QEMU's `virt` has it. */
export interface GicV2 {
  /** The GICD frame, 4 KiB. */
  readonly distributor: Device;
  /** The GICC frame, 8 KiB: the accessing core's. */
  readonly cpuInterface: Device;
  /** With virtualization: GICH, 4 KiB, and GICV, 8 KiB, both the accessing core's. The state of both is with the first. */
  readonly virtualization: { readonly control: Device; readonly cpuInterface: Device } | undefined;
  /** The input of shared peripheral interrupt `n`, INTID 32 + n. */
  spi(n: number): Line;
  /** The input of private peripheral interrupt `n` (0 to 15) of a core, INTID 16 + n. */
  ppi(core: number, n: number): Line;
  /** Whether a core that sleeps, whatever its CPU interface masks, is to be woken for an interrupt. */
  wantsAwake(core: number): boolean;
  /** What a hypervisor fills list registers from (GicOptions.listed). */
  readonly interrupts: Interrupts;
  /** With virtualization: a core's virtual CPU interface with its list registers. */
  virtualInterface(core: number): VirtualInterface | undefined;
  reset(): void;
  /** The states of both devices. */
  save(): DeviceState;
  restore(state: DeviceState): void;
}

export function createGicV2(options: GicOptions): GicV2 {
  const gic = new GicV2State(options);
  const distributor = new Distributor(gic);
  const cpuInterface = new CpuInterfaces(gic);
  const virtualization = options.virtualization && {
    control: new HypervisorControl(gic),
    cpuInterface: new VirtualCpuInterfaces(gic),
  };

  function line(bank: Bank | undefined, intid: number): Line {
    assert(bank, `GICv2 has no interrupt ${intid}`);
    return gic.interrupts.line(bank, intid);
  }

  const result: GicV2 = {
    distributor,
    cpuInterface,
    virtualization,
    spi: (n) => line(gic.shared[n >> 5], 32 + n),
    ppi: (core, n) => {
      assert(n >= 0 && n < 16, `there is no PPI ${n}`);
      return line((gic.cores[core] as GicV2Core | undefined)?.bank, 16 + n);
    },
    wantsAwake: (core) => gic.interrupts.wantsAwake(core),
    interrupts: gic.interrupts,
    virtualInterface: (core) => gic.cores[core]?.virtual,
    reset: () => {
      distributor.reset();
      cpuInterface.reset();
      virtualization?.control.reset();
    },
    save: () => ({
      ...{ distributor: distributor.save(), cpuInterface: cpuInterface.save() },
      ...(virtualization ? { virtualization: virtualization.control.save() } : {}),
    }),
    restore: (state) => {
      distributor.restore(state['distributor'] as DeviceState);
      cpuInterface.restore(state['cpuInterface'] as DeviceState);
      virtualization?.control.restore(state['virtualization'] as DeviceState);
    },
  };
  result.reset();
  return result;
}
