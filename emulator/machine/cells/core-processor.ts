import type { GicV3 } from '../../devices/gicv3/gicv3.ts';
import { STATE_BYTES } from '../../hypervisor/context.ts';
import type { Processor } from '../../hypervisor/processor.ts';
import type { Core } from '../core.ts';
import type { Runtime } from '../runtime.ts';

/** What a core asks of whoever runs it. */
export interface CoreUser {
  /** The core may have something to run again, or something else than now. */
  coreWanted(core: Core): void;
}

/** A core of the machine as the hypervisor has it. */
export class CoreProcessor implements Processor {
  readonly core: Core;
  readonly state: Uint8Array;
  private readonly runtime: Runtime & Record<string, unknown>;
  private readonly gic: GicV3;
  private readonly user: CoreUser;

  constructor(core: Core, runtime: Runtime & Record<string, unknown>, gic: GicV3, user: CoreUser) {
    this.core = core;
    this.runtime = runtime;
    this.gic = gic;
    this.user = user;
    this.state = new Uint8Array(core.view.buffer, core.pointer, STATE_BYTES);
  }

  get index(): number {
    return this.core.index;
  }

  get32(name: string, index?: number): number {
    return this.core.get32(name, index);
  }
  set32(name: string, value: number, index?: number): void {
    this.core.set32(name, value, index);
  }
  get64(name: string, index?: number): bigint {
    return this.core.get64(name, index);
  }
  set64(name: string, value: bigint, index?: number): void {
    this.core.set64(name, value, index);
  }
  x(n: number): bigint {
    return this.core.x(n);
  }
  setX(n: number, value: bigint): void {
    this.core.setX(n, value);
  }

  get nowNs(): number {
    return this.core.nowNs;
  }

  charge(ns: number): void {
    this.core.spend(ns);
  }

  eret(): void {
    this.runtime.eret(this.core.pointer, 0n);
  }

  raiseAtEl1(ec: number, iss: number, address?: bigint): void {
    const { core, runtime } = this;
    // Aborts of EL0 and EL1 have a class each: what EL2 was told is of a lower level.
    if (address === undefined) runtime.raise(core.pointer, ec, iss, core.pc);
    else runtime.raiseWithAddress(core.pointer, ec, iss, address, core.pc);
    core.set32('LEAVE', 0);
  }

  registersChanged(): void {
    const { core, runtime } = this;
    // What is in the core now was never counted by its PMU until here.
    core.set64('PMU_LAST_CYCLES', BigInt(core.cycles));
    core.set64('PMU_LAST_INSTRUCTIONS', runtime.instructions(core.pointer));
    runtime.pmuChanged(core.pointer);
    runtime.levelChanged(core.pointer);
    // Faults in a row were another guest's.
    for (const name of ['NESTED', 'REPEATS', 'SAME_FAULTS']) core.set32(name, 0);
  }

  readInterface(name: string): bigint {
    return this.gic.readRegister(this.core.index, name);
  }

  writeInterface(name: string, value: bigint): void {
    this.gic.writeRegister(this.core.index, name, value);
  }

  sleep(): void {
    this.core.waiting = 1;
  }

  wake(): void {
    this.user.coreWanted(this.core);
  }
}
