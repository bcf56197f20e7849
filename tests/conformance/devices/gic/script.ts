import type { Device, Line } from '../../../../emulator/devices/device.ts';
import type { CoreInput } from '../../../../emulator/devices/gic/options.ts';
import { Random } from '../../support/random.ts';
import { runOnQemu, type Access, type MemoryAccess, type SystemRegister } from './probe.ts';

export const GICD = 0x0800_0000;
const UART_IMSC = 0x0900_0038;
const UART_DR = 0x0900_0000;
const UART_TXIM = 1 << 5;

/** INTIDs that scripts speak of: SPIs in two banks, one of them the UART's; the PPIs of two timers; SGIs. */
export const UART = 33;
export const spis = [32, UART, 34, 40, 63, 64, 70, 95];

/** Our GIC as a script needs it: the same accesses, at QEMU's addresses, and two inputs. */
export interface Model {
  access(access: Access): bigint;
  spi(n: number): Line;
  ppi(core: number, n: number): Line;
}

/** A mismatch that is not one: a place where we differ from QEMU on purpose. */
export type Excuse = (access: Access, ours: bigint, theirs: bigint) => boolean;

/**
 * A random list of accesses, made on our model while it grows, so that it can end what was acknowledged, and then on QEMU. The inputs are
 * the UART's transmit interrupt, which its mask drives, and the timers', which are due whenever they are enabled.
 */
export class Script {
  readonly random: Random;
  readonly cores: number;
  private readonly gic: 2 | 3;
  private readonly level: 1 | 2;
  private readonly model: Model;
  private readonly accesses: Access[] = [];
  private readonly ours: bigint[] = [];
  /** For each core the INTIDs that it has acknowledged, the last at the end. */
  readonly active: number[][];

  /** `level`: where the accesses are made. */
  constructor(gic: 2 | 3, cores: number, seed: number, model: Model, level: 1 | 2 = 1) {
    this.gic = gic;
    this.level = level;
    this.cores = cores;
    this.random = new Random('gic', gic, seed);
    this.model = model;
    this.active = Array.from({ length: cores }, () => []);
    // A first byte makes the transmit interrupt pending for good.
    this.write(0, UART_DR, 10);
  }

  private add(access: Access): bigint {
    this.accesses.push(access);
    const value = this.onModel(access);
    this.ours.push(value);
    return value;
  }

  private onModel(access: Access): bigint {
    const { kind, at, core } = access;
    if (at === UART_DR) return 0n;
    if (kind === 'write' && at === UART_IMSC) {
      this.model.spi(UART - 32).set(access.value !== 0);
      return 0n;
    }
    if (kind === 'msr' && (at === 'CNTV_CTL_EL0' || at === 'CNTP_CTL_EL0')) {
      this.model.ppi(core, at === 'CNTV_CTL_EL0' ? 11 : 14).set(access.value === 1n);
      return 0n;
    }
    return this.model.access(access);
  }

  read(core: number, at: number): number {
    return Number(this.add({ kind: 'read', core, at }));
  }

  write(core: number, at: number, value: number): void {
    this.add({ kind: 'write', core, at, value });
  }

  writeByte(core: number, at: number, value: number): void {
    this.add({ kind: 'write-byte', core, at, value });
  }

  mrs(core: number, at: SystemRegister): number {
    return Number(this.add({ kind: 'mrs', core, at }));
  }

  msr(core: number, at: SystemRegister, value: number | bigint): void {
    this.add({ kind: 'msr', core, at, value: BigInt(value) });
  }

  /** Changes an input line. */
  driveInput(core: number): void {
    const { random } = this;
    if (random.chance(2)) this.write(core, UART_IMSC, random.below(2) * UART_TXIM);
    else this.msr(core, random.pick(['CNTV_CTL_EL0', 'CNTP_CTL_EL0']), random.pick([0, 1, 1, 3]));
  }

  /** Few ones, all ones, or none. */
  bits(): number {
    const { random } = this;
    const one = () => 1 << (random.chance(2) ? random.below(32) : random.pick([0, 1, 5, 27, 30]));
    return random.chance(6) ? -1 : random.chance(6) ? 0 : one() | (random.chance(2) ? one() : 0);
  }

  acknowledged(core: number, intid: number): void {
    if ((intid & 1023) < 1020) this.active[core]!.push(intid);
  }

  /** Makes the list on QEMU and says where it reads other than ours; an empty list when it nowhere does. */
  differences(excuse: Excuse = () => false): string[] {
    const theirs = runOnQemu(this.accesses, this.gic, this.cores, this.level);
    const hex = (value: bigint | undefined) => value?.toString(16);
    return this.accesses.flatMap((access, n) => {
      if ((access.kind !== 'read' && access.kind !== 'mrs') || this.ours[n] === theirs[n]) return [];
      if (excuse(access, this.ours[n]!, theirs[n] ?? -1n)) return [];
      const at = typeof access.at === 'number' ? access.at.toString(16) : access.at;
      return [`access ${n}: core ${access.core} reads ${at}: ours ${hex(this.ours[n])}, QEMU's ${hex(theirs[n])}`];
    });
  }
}

/** An access to a register in memory, on a device of ours. */
export function accessMemory(device: Pick<Device, 'read' | 'write'>, offset: number, access: MemoryAccess): bigint {
  if (access.kind === 'read') return BigInt(device.read(offset, 4));
  device.write(offset, access.kind === 'write' ? 4 : 1, access.value >>> 0);
  return 0n;
}

/** The levels of a core's inputs as ISR_EL1 shows them. */
export function createOutputs(cores: number) {
  const isr = new Uint8Array(cores);
  return {
    isr: (core: number) => BigInt(isr[core]!),
    output: (core: number, input: CoreInput): Line => ({
      set: (level) => {
        const bit = input === 'irq' ? 1 << 7 : 1 << 6;
        isr[core] = level ? isr[core]! | bit : isr[core]! & ~bit;
      },
    }),
  };
}
