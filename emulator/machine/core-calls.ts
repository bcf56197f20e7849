import { offsetOf } from '../state/layout.ts';
import { leaveReasons } from '../state/memory-map.ts';
import type { AccessSize, Bus } from './bus.ts';
import type { Core } from './core.ts';
import { callOfEl2 } from './el2-calls.ts';
import type { EmulatorProfiler } from './emulator-profile.ts';
import { GicRegisters } from './gic-registers.ts';
import type { Hardware } from './hardware.ts';
import type { PowerControl } from './secure-firmware/psci.ts';
import { firmwareCall } from './secure-firmware/smccc.ts';

const BOUNCE = offsetOf('BOUNCE');
/** The class of a trapped system instruction. */
const EC_SYSTEM = 0x18;

/**
 * What a core calls of the machine in the middle of an instruction: accesses to devices, registers of the interrupt controller, PSCI. In
 * the machine's thread. `pointer` is the address of the core's state; what answers a number answers one of `leaveReasons`, or 0.
 */
export class CoreCalls {
  /** Where a device was read last. */
  lastRead: number | undefined;
  private readonly hardware: Hardware;
  private readonly bus: Bus;
  private readonly gicRegisters: GicRegisters;
  private readonly power: PowerControl;
  private readonly profiler: EmulatorProfiler | undefined;

  constructor(
    hardware: Hardware,
    power: Pick<PowerControl, 'powerOn' | 'powerOff' | 'reset'>,
    profiler: EmulatorProfiler | undefined,
  ) {
    this.hardware = hardware;
    this.bus = hardware.bus;
    this.gicRegisters = new GicRegisters(hardware.devices.gic3);
    this.power = { ...power, cores: hardware.cores, affinityOf: (index) => index };
    this.profiler = profiler;
  }

  /** 1 where something answered; the value passes through the core's BOUNCE. */
  deviceAccess(pointer: number, high: number, low: number, size: number, isWrite: boolean): number {
    const { view } = this.hardware.coreAt(pointer);
    const pa = (high >>> 0) * 2 ** 32 + (low >>> 0);
    this.profiler?.deviceAccess(this.bus, pa, isWrite);
    if (isWrite) return this.bus.write(pa, size as AccessSize, view.getBigUint64(BOUNCE, true)) ? 1 : 0;
    const value = this.bus.read(pa, size as AccessSize);
    if (value === undefined) return 0;
    this.lastRead = pa;
    view.setBigUint64(BOUNCE, value, true);
    return 1;
  }

  readGic(pointer: number, iss: number, pc: bigint): number {
    const access = this.gicRegisters.read(this.hardware.coreAt(pointer), iss);
    return access === 'done' ? 0 : this.refuse(access, pointer, iss, pc);
  }

  writeGic(pointer: number, iss: number, pc: bigint): number {
    const access = this.gicRegisters.write(this.hardware.coreAt(pointer), iss);
    return access === 'done' ? leaveReasons.CHECKPOINT : this.refuse(access, pointer, iss, pc);
  }

  private refuse(access: 'undefined' | 'trapped', pointer: number, iss: number, pc: bigint): number {
    if (access === 'undefined') return this.undefinedInstruction(pointer, pc);
    this.hardware.runtime.raiseToEl2(pointer, EC_SYSTEM, iss, pc);
    // To the guest's EL2, or to the host's.
    return this.hardware.coreAt(pointer).get32('LEAVE');
  }

  /** HVC and SMC: to EL2 where it takes them, to the firmware where this is its conduit; else UNDEFINED. */
  hypercall(pointer: number, call: number, pc: bigint): number {
    const core: Core = this.hardware.coreAt(pointer);
    const answered = callOfEl2(core, this.hardware.runtime, call, pc);
    if (answered !== undefined) return answered;
    const conduit = (call & 0x10000) !== 0 ? 'hvc' : 'smc';
    if (core.get32('EL') === 0 || conduit !== this.hardware.plan.psci) return this.undefinedInstruction(pointer, pc);
    firmwareCall(this.power, core);
    return leaveReasons.HOST;
  }

  undefinedInstruction(pointer: number, pc: bigint): number {
    this.hardware.runtime.raise(pointer, 0, 0, pc);
    return leaveReasons.RESYNC;
  }
}
