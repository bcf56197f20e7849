import type { Hasher } from '../base/host.ts';
import type { WasmMemory } from '../base/wasm.ts';
import { equipped, type AddressRange, type Board } from '../boards/board.ts';
import { boards } from '../boards/index.ts';
import type { MemoryRegion } from '../debug/target.ts';
import type { DeviceState, Line } from '../devices/device.ts';
import type { CoreInput } from '../devices/gic/options.ts';
import { defaultTuning } from '../exec/tuning.ts';
import { memoryMap } from '../state/memory-map.ts';
import { planBoot, type BootPlan } from './boot/plan.ts';
import { Bus } from './bus.ts';
import { Core } from './core.ts';
import { CoreClock } from './core-clock.ts';
import { idRegisters, physicalAddressBits } from './cpu-models.ts';
import { buildDevices, type Devices, type FlashBank } from './devices.ts';
import { EventQueue } from './events.ts';
import { createRom, PhysicalMemory, type RomBank } from './physical-memory.ts';
import { createMemory, createRuntime, type Runtime, type RuntimeImports } from './runtime.ts';
import { restoreSnapshot, takeSnapshot, type MachineSnapshot } from './snapshot.ts';
import { stateHash } from './state-hash.ts';
import { GenericTimers } from './timers.ts';
import type { FrameFormat, MachineConfig } from './types.ts';

/** What the hardware reaches of the machine that runs it. */
export interface HardwareUser {
  readonly imports: RuntimeImports;
  nowNs(): number;
  /** The core whose access a device sees. */
  runningCore(): Core | undefined;
  /** A line of a core's interrupt inputs went up. */
  lineRaised(core: Core): void;
  /** An interrupt came for a core that is suspended. */
  wanted(core: Core): void;
  /** A device changed what is behind physical addresses. */
  remapped(): void;
  /** A stream is written (types.ts has their numbers), or takes what it was given. */
  onOutput(stream: number, bytes: Uint8Array): void;
  onTaken(stream: number, count: number): void;
  onSound(bytes: Uint8Array, format: FrameFormat): void;
  onDriveWrite(name: string, sector: number, count: number): void;
  /** The guest changed bytes of a bank of flash. */
  onFlashWrite(bank: number, offset: number, length: number): void;
  /** A network card sends a frame. */
  onTransmit(nic: number, frame: Uint8Array): void;
}

/** Virtual ns that a read of the counter costs, so that loops which only poll it end soon. */
const COUNTER_READ_NS = 100;
/** What of a core keeps its power while the core has none. */
const alwaysOn =
  'CNTV_CTL_EL0 CNTV_CVAL_EL0 CNTP_CTL_EL0 CNTP_CVAL_EL0 CNTHP_CTL_EL2 CNTHP_CVAL_EL2 CNTVOFF_EL2 CNTKCTL_EL1 CNTHCTL_EL2'.split(
    ' ',
  );
/** Bits of a core's LINES. */
const inputBits: Record<CoreInput, number> = { fiq: 1, irq: 2, vfiq: 8, virq: 16 };

/** What a machine is built of: memory, cores and devices of a board, wired, with the images in place. Who runs them is outside. */
export class Hardware {
  readonly board: Board;
  readonly plan: BootPlan;
  readonly memory: WasmMemory;
  readonly runtime: Runtime & Record<string, unknown>;
  readonly ram: PhysicalMemory;
  readonly flash: RomBank[] = [];
  readonly cores: readonly Core[];
  readonly bus = new Bus();
  readonly events: EventQueue;
  readonly devices: Devices;
  /** By core, as are their PMUs' lines. */
  readonly timers: readonly GenericTimers[];
  readonly pmuLines: readonly Line[];
  private readonly ids: BigUint64Array;
  private readonly user: HardwareUser;

  /** Not reset yet. Throws a UserError for images that cannot be booted. */
  constructor(config: MachineConfig, runtimeModule: Uint8Array, user: HardwareUser) {
    const board = (this.board = equipped(boards[config.board], config));
    this.user = user;
    this.plan = planBoot(config, board);
    const clock = new CoreClock(board.clockHz);
    this.ids = idRegisters(config.cpu, config.gic === 3, config.el);
    this.memory = createMemory();
    this.runtime = createRuntime(this.memory, runtimeModule, user.imports);
    this.runtime.initializeMemory(
      config.cpus,
      clock.unitNs,
      clock.unitCycles,
      BigInt(board.counterHz),
      physicalAddressBits(config.cpu),
      clock.cycleAt(config.counterReadNs ?? COUNTER_READ_NS),
      config.tuning?.codePages ?? defaultTuning.codePages,
    );
    this.runtime.initializeTlb();
    this.ram = new PhysicalMemory(this.memory.buffer, this.runtime, board.ramBase, config.memory);
    this.cores = Array.from({ length: config.cpus }, (_, index) => new Core(this.memory.buffer, index, clock));
    this.events = new EventQueue(() => user.nowNs());
    this.devices = buildDevices(board, config, this.bus, {
      clock: this.events,
      dma: this.ram,
      peek: (pa, into) => this.ram.peek(pa, into),
      currentCore: () => user.runningCore()?.index ?? 0,
      flashBank: (range) => this.flashBank(range),
      forFirmware: this.plan.forFirmware,
      interruptInput: (core, input) => this.interruptInput(core, input),
      onOutput: (stream, bytes) => user.onOutput(stream, bytes),
      onTaken: (stream, count) => user.onTaken(stream, count),
      onSound: (bytes, format) => user.onSound(bytes, format),
      pendingChanged: (index) => this.pendingChanged(index),
      onDriveWrite: (name, sector, count) => user.onDriveWrite(name, sector, count),
      onTransmit: (nic, frame) => user.onTransmit(nic, frame),
    });
    this.timers = this.cores.map(
      (core) =>
        new GenericTimers(core, board.counterHz, {
          virtual: this.devices.ppi(core.index, board.ppis.virtualTimer),
          physical: this.devices.ppi(core.index, board.ppis.physicalTimer),
          hypervisor: this.devices.ppi(core.index, board.ppis.hypervisorTimer),
        }),
    );
    this.pmuLines = this.cores.map((core) => this.devices.ppi(core.index, board.ppis.pmu));
  }

  /** What is behind guest-physical addresses, for a person. */
  get regions(): MemoryRegion[] {
    const region = (kind: MemoryRegion['kind'], name: string, base: number, size: number): MemoryRegion => ({
      ...{ name, kind, base: BigInt(base), size: BigInt(size) },
    });
    return [
      region('ram', 'RAM', this.ram.base, this.ram.size),
      ...this.flash.map(({ base, bytes }, n) => region('rom', `flash${n}`, base, bytes.length)),
      ...this.bus.list().map(({ name, base, size }) => region('device', name, base, size)),
    ];
  }

  /** Power-on state of cores and devices, images back in place. RAM elsewhere keeps its contents, as on a board. */
  reset(): void {
    const { plan, ram, runtime } = this;
    this.events.clear();
    this.devices.reset();
    for (const { address, bytes, size } of plan.pieces) {
      ram.write(address, bytes);
      ram.clear(address + bytes.length, size - bytes.length);
    }
    for (const core of this.cores) {
      this.resetCore(core, BigInt(plan.entry));
      core.poweredOff = core.index > 0 && plan.psci !== undefined;
      core.irqLines = 0;
    }
    const [boot] = this.cores as [Core];
    plan.registers.forEach((value, n) => boot.setX(n, BigInt(value)));
    for (const core of this.cores) {
      runtime.tlbiAll(core.pointer, 0);
      runtime.levelChanged(core.pointer);
    }
  }

  /** A core as PSCI's CPU_ON has it begin, but for its power. */
  prepareCore(core: Core, entry: bigint, context: bigint): void {
    this.resetCore(core, entry);
    core.setX(0, context);
    this.runtime.levelChanged(core.pointer);
  }

  /** A suspended core as it goes on, but for its power: as it was, or as at CPU_ON, but the device tree says that timers are always on. */
  prepareSuspended(core: Core): void {
    if (core.standingBy) return;
    const timers = alwaysOn.map((field) => [field, core.get64(field)] as const);
    this.prepareCore(core, core.x(0), core.x(1));
    for (const [field, value] of timers) core.set64(field, value);
  }

  /** Whether a core that is suspended has to go on. */
  isWanted(core: Core): boolean {
    return core.suspended && this.devices.wantsAwake(core.index);
  }

  private pendingChanged(index: number): void {
    const core = this.cores[index] as Core;
    if (this.isWanted(core)) this.user.wanted(core);
  }

  private resetCore(core: Core, entry: bigint): void {
    core.reset(this.ids, 0x8000_0000n | BigInt(core.index), this.board.counterHz, this.plan.el);
    core.pc = entry;
  }

  /** Forgets what cores know of addresses; where one thread runs them all. */
  flushTlbs(): void {
    for (const core of this.cores) this.runtime.tlbiAll(core.pointer, 0);
  }

  /** The core whose state lies at that address. */
  coreAt(pointer: number): Core {
    return this.cores[(pointer - memoryMap.CORE_BASE) / memoryMap.CORE_STRIDE] as Core;
  }

  /** SHA-256 over all that a guest can see. */
  stateHash(hash: Hasher, timeNs: number): string {
    return stateHash(hash, this.cores, this.ram, [
      ...this.devices.save(),
      ...this.flash.map((bank, n): [string, DeviceState] => [`flash${n} contents`, { bytes: bank.trimmed() }]),
      ['time', { ns: timeNs }],
    ]);
  }

  /** All that the guest can see at that time. */
  save(timeNs: number): MachineSnapshot {
    return takeSnapshot(this, timeNs);
  }

  /** The time is the snapshot's already. */
  restore(snapshot: MachineSnapshot): void {
    this.events.clear();
    for (const core of this.cores) core.irqLines = 0;
    restoreSnapshot(this, snapshot);
    for (const core of this.cores) {
      this.runtime.tlbiAll(core.pointer, 0);
      this.runtime.pmuChanged(core.pointer);
      this.runtime.levelChanged(core.pointer);
    }
  }

  private interruptInput(index: number, input: CoreInput): Line {
    const bit = inputBits[input];
    return {
      set: (level) => {
        const core = this.cores[index] as Core;
        core.irqLines = level ? core.irqLines | bit : core.irqLines & ~bit;
        if (level) this.user.lineRaised(core);
      },
    };
  }

  private flashBank(range: AddressRange): FlashBank {
    const rom = createRom(this.memory.buffer, this.runtime, range.base, range.size, () => this.user.remapped());
    const number = this.flash.push(rom) - 1;
    const image = this.plan.flash[number];
    if (image) {
      rom.bytes.set(image.bytes);
      rom.changed(0, image.bytes.length);
    }
    return {
      rom,
      readOnly: image?.readOnly ?? false,
      written: (offset, length) => {
        rom.changed(offset, length);
        this.user.onFlashWrite(number, offset, length);
      },
    };
  }
}
