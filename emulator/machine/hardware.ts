import type { Hasher } from '../base/host.ts';
import type { WasmMemory } from '../base/wasm.ts';
import { equipped, type AddressRange, type Board } from '../boards/board.ts';
import { boards } from '../boards/index.ts';
import type { MemoryRegion } from '../debug/target.ts';
import type { DeviceState, Line } from '../devices/device.ts';
import { STATE_BYTES } from '../hypervisor/context.ts';
import type { CellsConfig } from '../hypervisor/config.ts';
import type { Radio } from '../devices/radio/radio.ts';
import type { CoreInput } from '../devices/gic/options.ts';
import { defaultTuning } from '../exec/tuning.ts';
import { memoryMap } from '../state/memory-map.ts';
import { planBoot, type BootPlan } from './boot/plan.ts';
import { Bus } from './bus.ts';
import { buildHypervisor, type Hosted } from './cells/build.ts';
import { planRam } from './cells/ram-plan.ts';
import { Core } from './core.ts';
import { CoreClock } from './core-clock.ts';
import { idRegisters, physicalAddressBits } from './cpu-models.ts';
import { buildDevices, type Devices, type FlashBank } from './devices.ts';
import { EventQueue } from './events.ts';
import { createRom, PhysicalMemory, type RomBank } from './physical-memory.ts';
import type { Screen } from '../screen/screen.ts';
import { type EngineCalls, Ground, type Occupant } from './clones/ground.ts';
import type { Runtime, RuntimeImports } from './runtime.ts';
import { restoreSnapshot, takeSnapshot, type MachineSnapshot } from './snapshot.ts';
import { stateHash } from './state-hash.ts';
import { GenericTimers } from '../devices/generic-timer/generic-timer.ts';
import type { VirtioInput } from '../devices/virtio/input/input.ts';
import type { VirtioNet } from '../devices/virtio/net.ts';
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
  /** A core shall look for what to run: it may have something again, or something else than now. */
  coreWanted(core: Core): void;
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

/** A board whose devices are its cells'. */
function withoutDevices({ pcie: _pcie, ...board }: Board): Board {
  return { ...board, devices: [] };
}

/** What is left of a machine where guests are in cells: cores, memory and the interrupt controller. */
function withoutGuest(config: MachineConfig): MachineConfig {
  const { displays: _displays, inputs: _inputs, serial: _serial, sound: _sound, ...rest } = config;
  return { ...rest, its: false, el: 2, drives: [], nics: [], rng: false };
}

/** MPIDR_EL1: RES1. */
const MPIDR_RES1 = 0x8000_0000n;
/** Cells have plans of their own. */
const nothingToBoot: BootPlan = {
  ...{
    pieces: [],
    flash: [],
    forFirmware: undefined,
    entry: 0,
    dtbAddress: 0,
    el: 2,
    registers: [0, 0, 0, 0],
    psci: undefined,
  },
};

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
  readonly ground: Ground;
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
  /** How many streams there are: consoles of cells, or the board's UART and virtio's ports. */
  readonly streams: number;
  /** Where there are cells: what stands at EL2. */
  readonly hosted: Hosted | undefined;
  private readonly occupant: Occupant;
  private readonly ids: BigUint64Array;
  private readonly user: HardwareUser;

  /**
   * Not reset yet; or, with the hardware of the machine that it is a clone of, as that is now (`config` differs in what is outside alone). Throws
   * a UserError for images that cannot be booted.
   */
  constructor(config: MachineConfig, runtimeModule: Uint8Array, user: HardwareUser, original?: Hardware) {
    const { cells } = config;
    const whole = equipped(boards[config.board], config);
    // Where there are cells the board's devices are theirs.
    const board = (this.board = cells ? withoutDevices(whole) : whole);
    this.user = user;
    // Before the clone is in place of it.
    original?.enter();
    const states = original?.states.save() ?? [];
    this.plan = original?.plan ?? (cells ? nothingToBoot : planBoot(config, board));
    const clock = new CoreClock(board.clockHz);
    const own = cells ? withoutGuest(config) : config;
    this.ids = idRegisters(own.cpu, own.gic === 3, own.el);
    this.ground = original?.ground ?? new Ground(runtimeModule);
    this.memory = this.ground.memory;
    this.runtime = this.ground.runtime;
    this.cores = Array.from({ length: config.cpus }, (_, index) => new Core(this.memory.buffer, index, clock));
    this.occupant = { imports: user.imports, cores: this.cores };
    if (original) this.ground.clone(original.occupant, this.occupant);
    else {
      this.ground.settle(this.occupant);
      this.prepareMemory(config, clock);
    }
    const memoryBytes = cells ? planRam(cells, board.ramBase).size : config.memory;
    this.ram = new PhysicalMemory(this.memory.buffer, this.runtime, board.ramBase, memoryBytes, !original);
    this.events = new EventQueue(() => user.nowNs());
    this.devices = buildDevices(board, own, this.bus, {
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
    this.streams = cells?.cells.length ?? 1 + (config.serial ?? []).flatMap(({ ports }) => ports).length;
    this.pmuLines = this.cores.map((core) => this.devices.ppi(core.index, board.ppis.pmu));
    this.hosted = cells && this.host(config, cells, original !== undefined);
    if (original) this.begin(original.flash, states);
  }

  private prepareMemory(config: MachineConfig, clock: CoreClock): void {
    this.runtime.initializeMemory(
      config.cpus,
      clock.unitNs,
      clock.unitCycles,
      BigInt(this.board.counterHz),
      physicalAddressBits(config.cpu),
      clock.cycleAt(config.counterReadNs ?? COUNTER_READ_NS),
      config.tuning?.codePages ?? defaultTuning.codePages,
    );
    this.runtime.initializeTlb();
  }

  /** What is no RAM becomes as it is in the machine of which this one is a clone. */
  private begin(flash: readonly RomBank[], states: [name: string, state: DeviceState][]): void {
    flash.forEach((bank, n) => {
      const bytes = bank.trimmed();
      this.flash[n]?.bytes.set(bytes);
      this.flash[n]?.changed(0, bytes.length);
    });
    this.states.restore(states);
    this.ground.putBack(this.occupant);
    for (const core of this.cores) this.runtime.pmuChanged(core.pointer);
  }

  /** Puts this machine in place, where it shares its ground. To be called before anything of it is looked at or run. */
  enter(): void {
    this.ground.enter(this.occupant);
  }

  /** Ends a clone. */
  leave(original: Hardware): void {
    for (const bank of this.flash) {
      bank.trimmed().fill(0);
      this.ground.giveBlock(bank.host, bank.bytes.length);
    }
    this.ground.leave(this.occupant, original.occupant);
  }

  /** What generated code calls of the machine. */
  set calls(calls: EngineCalls) {
    this.occupant.calls = calls;
  }

  private host(config: MachineConfig, cells: CellsConfig, isClone: boolean): Hosted {
    const { board, cores, runtime, ram, bus, user } = this;
    const [first] = cores as [Core];
    first.reset(this.ids, MPIDR_RES1, board.counterHz, 1);
    const resetState = new Uint8Array(first.view.buffer, first.pointer, STATE_BYTES).slice();
    const { gic } = this.devices;
    const ground = { board: equipped(boards[config.board], config), cores, runtime, ram, bus, gic, resetState, isClone };
    return buildHypervisor(config, cells, { ...ground, flushTlbs: () => this.flushTlbs() }, user);
  }

  /** The network card of a number, the board's or a cell's. */
  nic(index: number): VirtioNet | undefined {
    return this.hosted ? this.hosted.cells.map(({ nics }) => nics.get(index)).find(Boolean) : this.devices.nics[index];
  }

  /** What guests draw: where they are in cells, what comes of all of it is the first. */
  get screens(): readonly Screen[] {
    return this.hosted ? (this.hosted.display?.screens ?? []) : this.devices.screens;
  }

  /** Keyboards and pointers, by number. */
  get hids(): readonly VirtioInput[] {
    return this.hosted ? (this.hosted.display?.hids ?? []) : this.devices.hids;
  }

  /** Input of a stream: of a cell's console, of the board's own, or of a port. */
  receive(stream: number, bytes: Uint8Array): void {
    const { hosted, devices } = this;
    const console = hosted ? hosted.cells[stream]?.console : stream === 0 ? devices.console : undefined;
    if (console) console.receive(bytes);
    else devices.ports.receive(stream, bytes);
  }

  /** Whether what is written to a stream is for people: a UART, or a console of virtio's. */
  isConsole(stream: number): boolean {
    return this.hosted !== undefined || stream === 0 || this.devices.ports.isConsole(stream);
  }

  /** The board's, or that of the cell that was granted it. */
  get radio(): Radio | undefined {
    return this.hosted ? this.hosted.cells.map(({ radio }) => radio).find(Boolean) : this.devices.radio;
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
    for (const core of this.cores) core.set32('EL2_AT_HOST', this.hosted ? 1 : 0);
    plan.registers.forEach((value, n) => boot.setX(n, BigInt(value)));
    for (const core of this.cores) {
      runtime.tlbiAll(core.pointer, 0);
      runtime.levelChanged(core.pointer);
    }
    this.hosted?.display?.reset();
    this.hosted?.deadlines?.clear();
    this.hosted?.hypervisor.start(this.user.nowNs());
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
    core.reset(this.ids, MPIDR_RES1 | BigInt(core.index), this.board.counterHz, this.plan.el);
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
      ...this.states.save(),
      ...this.flash.map((bank, n): [string, DeviceState] => [`flash${n} contents`, { bytes: bank.trimmed() }]),
      ['time', { ns: timeNs }],
    ]);
  }

  private get parts(): Pick<Hardware, 'cores' | 'ram' | 'flash'> {
    const { cores, ram, flash } = this;
    return { cores, ram, flash };
  }

  /** What devices, and cells with theirs, save and restore. */
  private get states(): Pick<Devices, 'save' | 'restore'> {
    const { devices, hosted } = this;
    return {
      save: () => [
        ...devices.save(),
        ...(hosted?.hypervisor.save() ?? []),
        ...(hosted?.display ? [['display', hosted.display.save()] as [string, DeviceState]] : []),
      ],
      restore: (states) => {
        devices.restore(states);
        hosted?.hypervisor.restore(states);
        const display = states.find(([name]) => name === 'display')?.[1];
        if (display) hosted?.display?.restore(display);
        hosted?.deadlines?.clear();
      },
    };
  }

  /** All that the guest can see at that time. */
  save(timeNs: number): MachineSnapshot {
    return takeSnapshot({ ...this.parts, devices: this.states }, timeNs);
  }

  /** The time is the snapshot's already. */
  restore(snapshot: MachineSnapshot): void {
    this.events.clear();
    for (const core of this.cores) core.irqLines = 0;
    restoreSnapshot({ ...this.parts, devices: this.states }, snapshot);
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
    const host = this.ground.takeBlock(range.size);
    const rom = createRom(this.memory.buffer, this.runtime, range, host, () => this.user.remapped());
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
