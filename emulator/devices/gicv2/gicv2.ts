import { assert } from '../../base/assert.ts';
import type { Device, DeviceState, Line } from '../device.ts';
import type { Bank } from '../gic/bank.ts';
import type { GicOptions } from '../gic/options.ts';
import { CpuInterfaces } from './cpu-interface.ts';
import { Distributor } from './distributor.ts';
import { GicV2State, type GicV2Core } from './state.ts';

/** A GICv2 (Arm IHI 0048) of 1 to 8 cores without Security or Virtualization Extensions, as QEMU's `virt` has it. */
export interface GicV2 {
  /** The GICD frame, 4 KiB. */
  readonly distributor: Device;
  /** The GICC frame, 8 KiB: the accessing core's. */
  readonly cpuInterface: Device;
  /** The input of shared peripheral interrupt `n`, INTID 32 + n. */
  spi(n: number): Line;
  /** The input of private peripheral interrupt `n` (0 to 15) of a core, INTID 16 + n. */
  ppi(core: number, n: number): Line;
  reset(): void;
  /** The states of both devices. */
  save(): DeviceState;
  restore(state: DeviceState): void;
}

export function createGicV2(options: GicOptions): GicV2 {
  const gic = new GicV2State(options);
  const distributor = new Distributor(gic);
  const cpuInterface = new CpuInterfaces(gic);

  function line(bank: Bank | undefined, intid: number): Line {
    assert(bank, `GICv2 has no interrupt ${intid}`);
    return gic.interrupts.line(bank, intid);
  }

  const result: GicV2 = {
    distributor,
    cpuInterface,
    spi: (n) => line(gic.shared[n >> 5], 32 + n),
    ppi: (core, n) => {
      assert(n >= 0 && n < 16, `there is no PPI ${n}`);
      return line((gic.cores[core] as GicV2Core | undefined)?.bank, 16 + n);
    },
    reset: () => {
      distributor.reset();
      cpuInterface.reset();
    },
    save: () => ({ distributor: distributor.save(), cpuInterface: cpuInterface.save() }),
    restore: (state) => {
      distributor.restore(state['distributor'] as DeviceState);
      cpuInterface.restore(state['cpuInterface'] as DeviceState);
    },
  };
  result.reset();
  return result;
}
