import { assert } from '../../base/assert.ts';
import type { Device, DeviceState, Line } from '../device.ts';
import type { Bank } from '../gic/bank.ts';
import { NO_CANDIDATE } from '../gic/candidate.ts';
import type { Interrupts } from '../gic/interrupts.ts';
import type { VirtualInterface } from '../gic/virtual-interface.ts';
import { placeOf, readVirtual, writeVirtual, type Place } from './access.ts';
import { Distributor } from './distributor.ts';
import { iccRegisters, type IccRegister } from './icc-registers.ts';
import { ichRegisters } from './ich-registers.ts';
import { Its } from './its/its.ts';
import { Redistributors } from './redistributors.ts';
import { GicV3State, type GicV3Core, type GicV3Options } from './state.ts';

export type { GicV3Options } from './state.ts';

/**
 * A GICv3 (Arm IHI 0069) with one Security state and affinity routing, with or without LPIs and an ITS; what QEMU's `virt`
 * has, but that 1-of-N routing is there.
 */
export interface GicV3 {
  /** The GICD frame, 64 KiB. */
  readonly distributor: Device;
  /** The GICR frames, 128 KiB a core, contiguous. Its state includes the CPU interfaces. */
  readonly redistributors: Device;
  /** GITS, 128 KiB: control and translation. */
  readonly its: Its | undefined;
  /** The input of shared peripheral interrupt `n`, INTID 32 + n. */
  spi(n: number): Line;
  /** The input of private peripheral interrupt `n` (0 to 15) of a core, INTID 16 + n. */
  ppi(core: number, n: number): Line;
  /** Whether a core that sleeps, whatever its CPU interface masks, is to be woken for an interrupt. */
  wantsAwake(core: number): boolean;
  /** A system register by Arm's name (`ICC_IAR1_EL1`), or undefined when it is not implemented: such an access is UNDEFINED. */
  register(name: string): IccRegister | undefined;
  /** Whose register an access from a level reaches, by the groups that HCR_EL2 (FMO, IMO) routes to EL2: see access.ts. */
  placeOf(core: number, name: string, level: number, groupsOfEl2: number): Place | 'trapped';
  /** Reads a system register as `core`; what cannot be read is 0. */
  readRegister(core: number, name: string, place?: Place): bigint;
  /** Writes a system register as `core`; what cannot be written is ignored. */
  writeRegister(core: number, name: string, value: bigint, place?: Place): void;
  /** What a hypervisor fills list registers from (GicOptions.listed). */
  readonly interrupts: Interrupts;
  /** With virtualization: a core's virtual CPU interface with its list registers. */
  virtualInterface(core: number): VirtualInterface | undefined;
  reset(): void;
  /** The states of the devices. */
  save(): DeviceState;
  restore(state: DeviceState): void;
}

export function createGicV3(options: GicV3Options): GicV3 {
  const gic = new GicV3State(options);
  const distributor = new Distributor(gic);
  const redistributors = new Redistributors(gic);
  const { lpiMemory } = options;
  const its =
    lpiMemory &&
    new Its(
      lpiMemory,
      gic.cores.flatMap(({ lpis }) => lpis ?? []),
    );

  function core(index: number): GicV3Core {
    const found = gic.cores[index];
    assert(found, `GICv3 has no core ${index}`);
    return found;
  }

  function line(bank: Bank | undefined, intid: number): Line {
    assert(bank, `GICv3 has no interrupt ${intid}`);
    return gic.interrupts.line(bank, intid);
  }

  function register(name: string): IccRegister | undefined {
    return iccRegisters[name] ?? (options.virtualization ? ichRegisters[name] : undefined);
  }

  const result: GicV3 = {
    ...{ distributor, redistributors, its },
    interrupts: gic.interrupts,
    spi: (n) => line(gic.shared[n >> 5], 32 + n),
    ppi: (index, n) => {
      assert(n >= 0 && n < 16, `there is no PPI ${n}`);
      return line(core(index).bank, 16 + n);
    },
    virtualInterface: (index) => core(index).virtual,
    wantsAwake: (index) => gic.interrupts.wantsAwake(index) || (core(index).lpis?.best ?? NO_CANDIDATE) !== NO_CANDIDATE,
    register,
    placeOf: (index, name, level, groups) => placeOf(core(index), name, level, groups),
    readRegister: (index, name, place = 'physical') => {
      const own = core(index);
      if (place === 'virtual') return readVirtual(own, name);
      const half = (read: IccRegister['read']): bigint => BigInt((read?.(own) ?? 0) >>> 0);
      return half(register(name)?.read) | (half(register(name)?.readHigh) << 32n);
    },
    writeRegister: (index, name, value, place = 'physical') => {
      const halves = [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))] as const;
      if (place === 'virtual') writeVirtual(core(index), name, halves[0]);
      else register(name)?.write?.(core(index), ...halves);
    },
    reset: () => {
      for (const device of [distributor, redistributors, its]) device?.reset();
    },
    save: () => ({
      ...{ distributor: distributor.save(), redistributors: redistributors.save() },
      ...(its ? { its: its.save() } : {}),
    }),
    restore: (state) => {
      distributor.restore(state['distributor'] as DeviceState);
      redistributors.restore(state['redistributors'] as DeviceState);
      its?.restore(state['its'] as DeviceState);
    },
  };
  result.reset();
  return result;
}
