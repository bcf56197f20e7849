import type { Device, DeviceState } from '../device.ts';
import { GROUP1 } from '../gic/candidate.ts';
import type { CpuInterface } from '../gic/cpu-interface.ts';
import { physicalMap, type CpuFrame } from './cpu-frame.ts';
import { sourceOf, takeSource } from './software-interrupts.ts';
import type { GicV2Core, GicV2State } from './state.ts';

/** GICC's view of a core. */
class PhysicalFrame implements CpuFrame {
  readonly aliasGroups = GROUP1;
  private readonly gic: GicV2State;
  private readonly core: GicV2Core;

  constructor(gic: GicV2State, core: GicV2Core) {
    this.gic = gic;
    this.core = core;
  }

  get cpu(): CpuInterface {
    return this.core.cpu;
  }

  get ackCtl(): boolean {
    return this.core.ackCtl;
  }

  set ackCtl(value: boolean) {
    this.core.ackCtl = value;
  }

  sourceOf(intid: number): number {
    return sourceOf(this.core, intid);
  }

  acknowledged(intid: number): number {
    return takeSource(this.gic, this.core, intid);
  }

  changed(): void {}
}

/** The CPU interfaces of all cores at one address: each core sees its own. */
export class CpuInterfaces implements Device {
  readonly kind = 'gicv2-cpu-interface';
  private readonly gic: GicV2State;
  private readonly frames: readonly PhysicalFrame[];

  constructor(gic: GicV2State) {
    this.gic = gic;
    this.frames = gic.cores.map((core) => new PhysicalFrame(gic, core));
  }

  private get frame(): PhysicalFrame {
    return this.frames[this.gic.accessing.index] as PhysicalFrame;
  }

  read(offset: number, size: 1 | 2 | 4): number {
    return physicalMap.read(this.frame, offset, size);
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    physicalMap.write(this.frame, offset, size, value);
  }

  reset(): void {
    for (const core of this.gic.cores) {
      core.cpu.reset();
      core.ackCtl = false;
      core.cpu.update();
    }
  }

  save(): DeviceState {
    return { cores: this.gic.cores.map(({ cpu, ackCtl }) => ({ cpu: cpu.save(), ackCtl })) };
  }

  restore(state: DeviceState): void {
    for (const [at, core] of this.gic.cores.entries()) {
      const saved = (state['cores'] as DeviceState[])[at] as DeviceState;
      core.cpu.restore(saved['cpu'] as DeviceState);
      core.ackCtl = saved['ackCtl'] as boolean;
      core.cpu.update();
    }
  }
}
