import type { CellState } from '../base/cell-acts.ts';
import type { DeviceState } from '../devices/device.ts';
import type { Interrupts } from '../devices/gic/interrupts.ts';
import type { Line } from '../devices/device.ts';
import type { Grant } from './channel.ts';
import type { CellConfig } from './config.ts';
import type { CellMemory } from './memory.ts';
import type { Processor } from './processor.ts';
import { Stage2, type TableMemory } from './stage2.ts';
import { VirtualCpu } from './virtual-cpu.ts';

export type AccessSize = 1 | 2 | 4 | 8;

/** Devices by intermediate addresses, as one of the cell's virtual CPUs reaches them; undefined and false where none answers. */
export interface CellBus {
  read(cpu: number, ipa: number, size: AccessSize): bigint | undefined;
  write(cpu: number, ipa: number, size: AccessSize, value: bigint): boolean;
}

/** The virtual interrupt controller of a cell, of the version that the board has. */
export interface CellGic {
  /** What list registers take. */
  readonly interrupts: Interrupts;
  ppi(cpu: number, n: number): Line;
  /** A register that sends SGIs, by name: of version 3. */
  writeRegister?(cpu: number, name: string, value: bigint): void;
}

/** Registers of the board that a cell reaches without the hypervisor. */
export interface Passed {
  readonly ipa: number;
  readonly pa: number;
  readonly size: number;
}

/** What a cell begins with, in its own addresses: bytes in its memory, and where its first virtual CPU begins, with X0 to X3. */
export interface CellImage {
  readonly pieces: readonly { readonly address: number; readonly bytes: Uint8Array }[];
  readonly entry: number;
  readonly registers: readonly number[];
}

/** What a cell begins with, in its own addresses: bytes in its memory, and where its first virtual CPU begins, with X0 to X3. */
export interface CellImage {
  readonly pieces: readonly { readonly address: number; readonly bytes: Uint8Array }[];
  readonly entry: number;
  readonly registers: readonly number[];
}

/** What the board's side makes for a cell. */
export interface CellParts {
  readonly config: CellConfig;
  readonly memory: CellMemory;
  readonly bus: CellBus;
  readonly passed: readonly Passed[];
  readonly gic: CellGic;
  /** Identification registers as the cell sees them (ID_*_EL1, by CRm * 8 + op2): without EL2. */
  readonly ids: BigUint64Array;
  /** What it was granted, by capability: the order of the configuration. */
  readonly grants: readonly Grant[];
  /** What an interrupt comes from, for people. */
  sourceOf(intid: number): string;
  /** A byte for its console. */
  print(byte: number): void;
  /** What it begins with as configured. */
  readonly image: CellImage;
  /** Events of its devices: when the next is due, and to let happen what is. */
  nextEventNs(): number;
  runDue(nowNs: number): void;
  /** Memory and devices as at power-on, that image in place. */
  powerOn(image: CellImage): void;
  /** It runs no more: those that it served are told. */
  halted(): void;
  saveDevices(): DeviceState;
  restoreDevices(state: DeviceState): void;
}

/** One guest with all that it has. */
export class Cell {
  readonly parts: CellParts;
  /** From 1 on: also its VMID. */
  readonly number: number;
  readonly cpus: readonly VirtualCpu[];
  readonly stage2: Stage2;
  /** What it begins with now. */
  image: CellImage;
  state: CellState = 'off';
  /** Why it failed. */
  failure: string | undefined;
  restarts = 0;
  /** Virtual time at which its time began; what it was paused counts as before that. */
  startNs = 0;
  /** Since when it is paused. */
  pausedNs = 0;
  /** When it begins anew, while it is restarting. */
  beginNs = Infinity;
  /** Exits to the hypervisor, by exception class. */
  readonly exits = new Map<number, number>();

  /** `firstCpu`: the number of its first virtual CPU among all. */
  constructor(parts: CellParts, number: number, firstCpu: number, processors: readonly Processor[], tables: TableMemory) {
    this.parts = parts;
    this.image = parts.image;
    this.number = number;
    const { cpus, cores } = parts.config;
    this.cpus = Array.from({ length: cpus }, (_, n) => {
      const core = (cores?.[n] ?? n) % processors.length;
      return new VirtualCpu(this, n, firstCpu + n, processors[core] as Processor);
    });
    this.stage2 = new Stage2(tables);
    for (const { ipa, pa, size, writable, executable } of parts.memory.pieces) {
      this.stage2.map(ipa, pa, size, { write: writable, execute: executable });
    }
    for (const { ipa, pa, size } of parts.passed) this.stage2.map(ipa, pa, size, { write: true, execute: false, device: true });
  }

  get name(): string {
    return this.parts.config.name;
  }

  get isRunning(): boolean {
    return this.state === 'running';
  }

  get interrupts(): Interrupts {
    return this.parts.gic.interrupts;
  }

  save(): DeviceState {
    const { state, restarts, startNs, pausedNs, image, parts } = this;
    return {
      ...{ state, restarts, startNs, pausedNs, beginNs: this.beginNs === Infinity ? -1 : this.beginNs },
      cpus: this.cpus.map((cpu) => cpu.save()),
      image: image === parts.image ? null : (image as unknown as DeviceState),
      devices: parts.saveDevices(),
    };
  }

  restore(state: DeviceState): void {
    this.state = state['state'] as CellState;
    this.image = (state['image'] as unknown as CellImage | null) ?? this.parts.image;
    this.restarts = state['restarts'] as number;
    this.startNs = state['startNs'] as number;
    this.pausedNs = state['pausedNs'] as number;
    this.beginNs = state['beginNs'] === -1 ? Infinity : (state['beginNs'] as number);
    this.parts.restoreDevices(state['devices'] as DeviceState);
    this.cpus.forEach((cpu, n) => cpu.restore((state['cpus'] as DeviceState[])[n] as DeviceState));
  }

  countExit(ec: number): void {
    this.exits.set(ec, (this.exits.get(ec) ?? 0) + 1);
  }
}
