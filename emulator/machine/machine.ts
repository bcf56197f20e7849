import type { TimedHidAction } from '../base/hid.ts';
import { encodeUtf8 } from '../base/utf8.ts';
import { leaveReasons } from '../state/memory-map.ts';
import { checkCellCommand, commandCell } from './cells/commands.ts';
import { deadlinesOf, resultsOf, statusOf } from './cells/status.ts';
import { ConsoleScript } from './console-script.ts';
import type { Core } from './core.ts';
import { CoreCalls } from './core-calls.ts';
import { inspect, type Inspection } from './debug/inspect.ts';
import { EmulatorProfiler } from './emulator-profile.ts';
import type { ExternalDebug } from './external-debug/external-debug.ts';
import { Hardware, type HardwareUser } from './hardware.ts';
import { HidRouter } from './hid/router.ts';
import { InputLog } from './input-log.ts';
import { MachineNetwork } from './network.ts';
import { Prompt } from './prompt.ts';
import type { RomBank } from './physical-memory.ts';
import type { Screen } from '../screen/screen.ts';
import type { CoreProcessor } from './cells/core-processor.ts';
import { StreamOutput } from './stream-output.ts';
import type { MachineSnapshot } from './snapshot.ts';
import type {
  CellCommand,
  CellStatus,
  DeadlineRow,
  FrameFormat,
  MachineConfig,
  MachineHost,
  MonitorLine,
  Outcome,
  PortChange,
  RunResult,
  Script,
  SocketCommand,
  SocketEvent,
} from './types.ts';

/** What a machine tells while it runs. Called from within `runFor`. */
export interface MachineListener {
  onConsole(bytes: Uint8Array, stream: number): void;
  onDriveWrite(name: string, sector: number, count: number): void;
  /** The guest changed bytes of a bank of flash; they are the listener's. */
  onFlashWrite?(bank: number, offset: number, bytes: Uint8Array): void;
  /** For machines with network cards: what sockets shall do, a frame for the owner of the wire, more of the capture. */
  onSockets?(nic: number, command: SocketCommand): void;
  onFrame?(nic: number, frame: Uint8Array, atNs: number): void;
  onCapture?(bytes: Uint8Array): void;
  /** For machines with ports: the guest took what one was given. */
  onTaken?(stream: number, count: number): void;
  onSound?(bytes: Uint8Array, format: FrameFormat): void;
}

/** How far a machine may run, in virtual time; without limits where they are absent. */
export interface Pace {
  /** Whatever it does. */
  untilNs?: number;
  /** While all cores wait. */
  idleUntilNs?: number;
  /** While all cores wait, and the guest seems to wait for somebody at its console (Prompt). */
  promptUntilNs?: number;
  /** While all cores wait, and sockets of the host are awaited. */
  socketsUntilNs?: number;
}

/** What `runFor` ends with. */
export type RunState = 'busy' | 'idle' | 'paced' | 'ended' | 'halted';

/** How long the power key is held, in virtual ns. */
const KEY_PRESS_NS = 100_000_000;
/** Virtual ns between one sequence of a script's keys and the next. */
const SEQUENCE_GAP_NS = 10_000_000;
/** So many exceptions at the same place with nothing between them: the guest cannot go on. */
const SAME_FAULTS = 64;

/** A whole machine: hardware, and what outside says and hears. How its cores run is a subclass's. It runs when told, in the caller's thread. */
export abstract class Machine {
  readonly hardware: Hardware;
  protected readonly host: MachineHost;
  protected readonly calls: CoreCalls;
  protected readonly input: InputLog;
  protected readonly network: MachineNetwork;
  protected readonly timeoutNs: number;
  protected readonly profiler: EmulatorProfiler | undefined;
  /** Virtual time that every core has reached. */
  protected timeNs = 0;
  /** The core for which something is done now. */
  protected running: Core | undefined;
  protected ended: Outcome | undefined;
  protected pendingReset = false;
  protected pendingPowerOff = false;
  protected readonly config: MachineConfig;
  protected readonly runtimeModule: Uint8Array;
  private readonly listener: MachineListener;
  private readonly script: ConsoleScript;
  private readonly prompt = new Prompt();
  private readonly hands: HidRouter;
  /** When the last sequence of keys is over. */
  private handsFreeNs = 0;
  private readonly output = new StreamOutput();
  /** What the guest changed in each bank of flash since the owner was told. */
  private readonly flashWrites = new Map<number, { from: number; to: number }>();
  private error: RunResult['error'];
  /** Lines of the monitor that are due. */
  protected readonly lines: MonitorLine[] = [];
  private dead: number | undefined;
  private repeatable = true;
  private readonly goesOn: boolean;

  /**
   * `runtimeModule`: the bytes of emulator/runtime/dist/runtime.wasm. With an `original` it begins as its clone. Throws a UserError for images that
   * cannot be booted.
   */
  constructor(
    config: MachineConfig,
    script: Script,
    runtimeModule: Uint8Array,
    host: MachineHost,
    listener: MachineListener,
    original?: Machine,
  ) {
    this.config = config;
    this.runtimeModule = runtimeModule;
    // Devices look at the time while they are made.
    this.timeNs = original?.timeNs ?? 0;
    this.host = host;
    this.listener = listener;
    this.script = new ConsoleScript(script);
    this.hands = new HidRouter((config.inputs ?? []).map(({ kind }) => kind));
    this.goesOn = script.goesOn ?? false;
    this.timeoutNs = script.timeoutNs ?? Infinity;
    const user: HardwareUser = {
      imports: {
        deviceRead: (cpu, high, low, size) => this.calls.deviceAccess(cpu, high, low, size, false),
        deviceWrite: (cpu, high, low, size) => this.calls.deviceAccess(cpu, high, low, size, true),
        dropRegions: (page, first, last) => this.dropRegions(page, first, last),
        pageFetched: (high, low, page) => this.pageFetched((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0), page >>> 0),
        hostNs: () => host.threads?.monotonicNs() ?? 0,
      },
      nowNs: () => this.nowNs,
      runningCore: () => this.running,
      lineRaised: (core) => this.lineRaised(core),
      wanted: (core) => this.wanted(core),
      remapped: () => this.remapped(),
      coreWanted: (core) => this.coreWanted(core),
      onOutput: (stream, bytes) => this.onOutput(stream, bytes),
      onTaken: (stream, count) => listener.onTaken?.(stream, count),
      onSound: (bytes, format) => listener.onSound?.(bytes, format),
      onDriveWrite: (name, sector, count) => {
        // What was there before is gone.
        this.meddled();
        listener.onDriveWrite(name, sector, count);
      },
      onFlashWrite: (bank, offset, length) => this.noteFlash(bank, offset, offset + length),
      onTransmit: (nic, frame) => this.network.transmit(nic, frame),
    };
    this.hardware = new Hardware(config, runtimeModule, user, original?.hardware);
    if (config.profile) this.profiler = new EmulatorProfiler(host, this.hardware.memory);
    const power = {
      powerOn: (core: Core, entry: bigint, context: bigint) =>
        this.powerOn(core, () => this.hardware.prepareCore(core, entry, context)),
      powerOff: () => (this.pendingPowerOff = true),
      reset: () => (config.noReboot ? (this.pendingPowerOff = true) : (this.pendingReset = true)),
    };
    this.calls = new CoreCalls(this.hardware, power, this.profiler);
    this.input = new InputLog(script.replay ?? [], script.record ?? false, {
      type: (stream, bytes) => this.hardware.receive(stream, bytes),
      changePort: (stream, change) => this.hardware.devices.ports.change(stream, change),
      pressPowerKey: () => this.holdPowerKey(),
      receive: (nic, frame) => {
        // The log has frames only where they are wanted.
        if (!script.record) this.meddled();
        this.network.received(nic, frame);
        this.hardware.nic(nic)?.receive(frame);
      },
      setLink: (nic, up) => this.hardware.nic(nic)?.setLink(up),
      giveScreen: (cell) => void this.hardware.hosted?.display?.focus.give(cell),
      resolve: (action) => {
        const resolved = this.hardware.hosted?.display?.hands.resolve(action);
        return resolved && { bytes: new Uint8Array(), ...resolved };
      },
      resizeScreen: ({ screen, width, height }) => this.screens[screen]?.resize?.(width, height),
      report: ({ device, events }) => this.hardware.hids[device]?.report(events),
      commandCell: (command) => {
        if (this.hardware.hosted) commandCell(this.hardware.hosted, command, this.timeNs);
        this.endWithCells();
      },
    });
    this.network = new MachineNetwork({
      ...{ nics: config.nics ?? [], seed: config.seed, capture: config.capture ?? false, rtcSeconds: config.rtcSeconds },
      isReplay: script.replay !== undefined,
      nowNs: () => this.nowNs,
      enter: (nic, frame, atNs) => this.receiveFrame(nic, frame, atNs),
      onSockets: (nic, command) => listener.onSockets?.(nic, command),
      onFrame: (nic, frame, atNs) => listener.onFrame?.(nic, frame, atNs),
      onCapture: (bytes) => listener.onCapture?.(bytes),
    });
    for (const { cell } of script.replay ?? []) if (cell) checkCellCommand(this.hardware.hosted, cell);
    if (!original) this.hardware.reset();
  }

  // --- what the machine is told ----------------------------------------------------------------------------------------------------

  /**
   * Runs for about `hostMs` of host time. Answers `busy` when there is more to do at once, `idle` when all cores wait and no event is due
   * (only input can go on), `paced` when virtual time has reached what `pace` allows, `ended` when the run is over, `halted` when a debugger's
   * breakpoint or the like stopped it.
   */
  abstract runFor(hostMs: number, pace?: Pace): RunState;

  /** Input of a stream from outside: enters at the end of the running slice, and into the log. */
  type(bytes: Uint8Array, stream = 0): void {
    this.input.add({ bytes, ...(stream === 0 ? {} : { stream }) });
  }

  /** Something became of the other end of a port. */
  changePort(stream: number, port: PortChange): void {
    this.input.add({ bytes: new Uint8Array(), stream, port });
  }

  /** Presses and releases the board's power key. */
  pressPowerKey(): void {
    this.input.add({ bytes: new Uint8Array(), key: 'power' });
  }

  /**
   * Hands on the input devices. What takes time begins when the last such sequence is over, all else is now. What the machine has no device for
   * does nothing.
   */
  act(actions: readonly TimedHidAction[]): void {
    const lastNs = actions.at(-1)?.afterNs ?? 0;
    const startNs = lastNs > 0 ? Math.max(this.nowNs, this.handsFreeNs) : this.nowNs;
    if (this.hardware.hosted) {
      for (const { afterNs, action } of actions) this.input.add({ hands: [action] }, startNs + afterNs);
    } else {
      for (const { afterNs, hid } of this.hands.routeAll(actions)) {
        this.input.add({ bytes: new Uint8Array(), hid }, startNs + afterNs);
      }
    }
    if (lastNs > 0) this.handsFreeNs = startNs + lastNs + SEQUENCE_GAP_NS;
  }

  /**
   * Does something to a cell of that name while the others run on; nothing where its state then does not allow it. Throws a UserError where there
   * is no such cell, or images cannot be booted in it.
   */
  commandCell(command: CellCommand): void {
    checkCellCommand(this.hardware.hosted, command);
    this.input.add({ bytes: new Uint8Array(), cell: command });
  }

  /** A frame reaches a network card, at that virtual time or as soon as it can after it. */
  receiveFrame(nic: number, frame: Uint8Array, atNs: number): void {
    this.input.add({ bytes: frame, nic }, atNs);
  }

  /** Plugs the cable of a network card in or out. */
  setLink(nic: number, up: boolean): void {
    this.input.add({ bytes: new Uint8Array(), nic, link: up });
  }

  /** Gives the screen to a cell: nothing happens where it has none, or while another has taken it. */
  giveScreen(cell: number): void {
    this.input.add({ bytes: new Uint8Array(), foreground: cell });
  }

  /** A screen's monitor has another size from now on. */
  resizeScreen(screen: number, width: number, height: number): void {
    this.input.add({ bytes: new Uint8Array(), size: { screen, width, height } });
  }

  /** A socket of the host told something to the user network of a card. Between calls of `runFor`. */
  takeSockets(nic: number, event: SocketEvent): void {
    this.network.take(nic, event);
  }

  /** Stops with an outcome that only the outside knows (`wall`). */
  end(outcome: Outcome): void {
    this.ended ??= outcome;
  }

  /** Power-on state of cores and devices, images back in place. RAM elsewhere keeps its contents, as on a board. */
  reset(): void {
    this.hardware.enter();
    this.hardware.reset();
  }

  /** The debugger's side of the machine; none where cores have threads of their own. */
  abstract debugger(): ExternalDebug | undefined;

  /** Nothing runs until the next `runFor`. */
  abstract pause(): void;

  /** Gives threads back. The machine is not used any more. */
  abstract dispose(): void;

  // --- what it tells ---------------------------------------------------------------------------------------------------------------

  /** Virtual time now, in ns. */
  abstract get nowNs(): number;

  get instructions(): number {
    this.hardware.enter();
    return this.hardware.cores.reduce((sum, core) => sum + Number(this.hardware.runtime.instructions(core.pointer)), 0);
  }

  get outcome(): Outcome | undefined {
    return this.ended;
  }

  /** What the guest shows. Readers of their memory are no part of the machine. */
  get screens(): readonly Screen[] {
    return this.hardware.screens;
  }

  /** Looks at what guests drew where they do not say so: on the screens that somebody reads, or on all. Between calls of `runFor`. */
  refreshScreens(all = false): void {
    this.hardware.enter();
    for (const { surface, refresh } of this.screens) if (refresh && (surface.takeLookedAt() || all)) refresh();
  }

  /** How cells do; `undefined` where one guest has the machine to itself. Asking changes nothing. */
  get cells(): CellStatus[] | undefined {
    const { hosted } = this.hardware;
    return hosted && statusOf(hosted);
  }

  /** How the deadlines are kept that the handset file watches, if it does. */
  get watchedDeadlines(): DeadlineRow[] | undefined {
    const { hosted } = this.hardware;
    return hosted && deadlinesOf(hosted);
  }

  /** Lines of the monitor for which consoles have given the cue. `runFor` ends when there are some. */
  takeLines(): MonitorLine[] {
    return this.lines.splice(0);
  }

  /** Whether the console has shown all that is expected of it. */
  get seenAll(): boolean {
    return this.script.seenAll;
  }

  /** SHA-256 over all that a guest can see. */
  stateHash(): string {
    this.hardware.enter();
    return this.hardware.stateHash(this.host.sha256(), this.timeNs);
  }

  /** All that the guest can see, now. Between calls of `runFor`. Drives and the console's script are not part of it. */
  abstract save(): MachineSnapshot;

  /** Goes on from a snapshot of a machine with the same configuration. */
  abstract restore(snapshot: MachineSnapshot): void;

  /** What a debugger sees, between calls of `runFor`. Nothing that it does is visible to the guest. */
  inspect(): Inspection {
    this.hardware.enter();
    return inspect(this.config, this.hardware);
  }

  /** The core that cannot go on, once the outcome is `guest-fault`. */
  get deadCore(): number | undefined {
    return this.dead;
  }

  /** What a run needs to be repeated; `undefined` where it cannot be. */
  get repetition(): { config: MachineConfig; script: Script } | undefined {
    if (!this.repeatable) return undefined;
    const timeout = this.timeoutNs === Infinity ? {} : { timeoutNs: this.timeoutNs };
    return { config: this.config, script: { sends: [], expects: [], replay: this.input.records, ...timeout } };
  }

  /** To be called when something was done to the machine that no log of input has. */
  meddled(): void {
    this.repeatable = false;
  }

  /** The figures of the run so far; ends it. */
  result(wallMs: number): RunResult {
    this.hardware.enter();
    const { firstInstructionMs, instructions } = this;
    const { radio } = this.hardware;
    return {
      outcome: this.ended ?? 'wall',
      virtualNs: this.timeNs,
      instructions,
      wallMs,
      ...(firstInstructionMs === undefined ? {} : { firstInstructionMs }),
      stateHash: this.stateHash(),
      matched: this.script.matched,
      matchedNs: this.script.matchedNs,
      input: this.input.records,
      exits: this.exits,
      ...(this.error ? { error: this.error } : {}),
      ...(this.hardware.hosted ? resultsOf(this.hardware.hosted, this.timeNs) : {}),
      tiers: { cold: instructions - this.hotInstructions, hot: this.hotInstructions, ...this.compileCosts },
      ...(radio ? { radio: radio.statistics() } : {}),
    };
  }

  protected get hotInstructions(): number {
    return this.hardware.cores.reduce((sum, core) => sum + Number(core.get64('HOT_INSTRUCTIONS')), 0);
  }

  /** The host's time at which the first instruction was about to be executed. */
  protected abstract get firstInstructionMs(): number | undefined;

  /** What translation has cost so far: host time and WebAssembly modules. */
  abstract get compileCosts(): { compileMs: number; modules: number };

  /** How often generated code came back to the machine, by reason. */
  protected get exits(): Record<string, number> {
    const { BUDGET, DEVICE, WAIT, HOST, STEP } = leaveReasons;
    const named = { budget: BUDGET, device: DEVICE, wait: WAIT, host: HOST, step: STEP };
    return Object.fromEntries(Object.entries(named).map(([name, reason]) => [name, this.exitsFor(reason)]));
  }

  /** The same for one of `leaveReasons`. */
  protected abstract exitsFor(reason: number): number;

  // --- what hardware asks of whoever runs the cores ----------------------------------------------------------------------------------

  /** Words of a page of micro-ops change in which regions of the hot tier begin. */
  protected abstract dropRegions(page: number, first: number, last: number): void;

  /** A debugger has breakpoints, and a page of micro-ops begins to be fetched from at an address. */
  protected abstract pageFetched(va: bigint, page: number): void;

  /** A line of a core's interrupt inputs went up. */
  protected abstract lineRaised(core: Core): void;

  /** Where there are cells: a core shall look for what to run. */
  protected abstract coreWanted(core: Core): void;

  /** A device changed what is behind physical addresses. */
  protected abstract remapped(): void;

  /** An interrupt came for a core that is suspended: it goes on by {@link resume}. */
  protected abstract wanted(core: Core): void;

  /** Lets a core run that was off, once it is prepared. */
  protected abstract powerOn(core: Core, prepare: () => void): void;

  /** Lets a suspended core go on if an interrupt wants it. */
  protected resume(core: Core): void {
    if (this.hardware.isWanted(core)) this.powerOn(core, () => this.hardware.prepareSuspended(core));
  }

  // --- outside -----------------------------------------------------------------------------------------------------------------------

  /** What is due outside enters. Between slices. */
  protected enterInput(): void {
    this.network.advance(this.timeNs);
    this.input.enter(this.timeNs);
  }

  /** When something is due outside. It ends idle time, and no slice. */
  protected get outsideNs(): number {
    return Math.min(this.input.nextNs, this.network.nextNs);
  }

  /** The virtual time that a machine may reach of whose cores all wait. */
  protected idleEndNs({ idleUntilNs = Infinity, promptUntilNs = Infinity, socketsUntilNs = Infinity }: Pace): number {
    const atPrompt = Math.max(promptUntilNs, this.prompt.awaitedFromNs);
    return Math.min(idleUntilNs, atPrompt, this.network.awaitsHost ? socketsUntilNs : Infinity);
  }

  /** Ends the run where every cell has ended. */
  protected endWithCells(): void {
    const { hosted } = this.hardware;
    if (hosted?.hypervisor.isOver) this.ended ??= hosted.hypervisor.hasFailed ? 'guest-fault' : 'poweroff';
  }

  // --- how runs end ------------------------------------------------------------------------------------------------------------------

  /** Ends the run with an error of ours. */
  protected fail(error: unknown): void {
    this.ended = 'internal';
    const core = this.running ?? this.hardware.cores[0];
    const message = error instanceof Error ? error.message : String(error);
    const detail = [core?.describe(), error instanceof Error ? error.stack : ''].join('\n');
    this.error = { message, detail };
    this.running = undefined;
  }

  /** Ends the run, or the cell, where a core does nothing but fault. */
  protected endAtFaults(core: Core): void {
    if (core.get32('SAME_FAULTS') < SAME_FAULTS) return;
    const hex = (field: string): string => `0x${core.get64(field).toString(16)}`;
    const message =
      `the guest faulted at PC ${hex('CAUSE_ELR')} (ESR ${hex('CAUSE_ESR')}, FAR ${hex('CAUSE_FAR')}), ` +
      `and then in its own exception vectors for ever (PC ${hex('LAST_ELR')}, ESR ${hex('LAST_ESR')}, VBAR_EL1 ${hex('VBAR_EL1')})`;
    const { hosted } = this.hardware;
    if (hosted) {
      core.set32('SAME_FAULTS', 0);
      hosted.hypervisor.fail(hosted.processors[core.index] as CoreProcessor, message);
      return;
    }
    this.ended = 'guest-fault';
    this.dead = core.index;
    this.error = { message, detail: core.describe() };
  }

  // --- console and keys --------------------------------------------------------------------------------------------------------------

  private onOutput(stream: number, bytes: Uint8Array): void {
    this.output.add(stream, bytes);
    if (!this.hardware.isConsole(stream)) return;
    for (const byte of bytes) {
      this.prompt.take(byte, this.nowNs);
      const { type, keys, line, verdict } = this.script.take(byte, stream, this.nowNs);
      // As from outside, so that a replay of the log, which has no script, ends the same slices.
      if (type !== undefined) this.type(encodeUtf8(type), stream);
      if (keys) this.act(keys);
      if (line) this.lines.push(line);
      if (verdict === 'fail' || (verdict && !this.goesOn)) return void (this.ended ??= verdict);
    }
  }

  /** Tells the owner what the guest has written since the last time. */
  protected flushOutput(): void {
    for (const [bank, { from, to }] of this.flashWrites) {
      this.listener.onFlashWrite?.(bank, from, (this.hardware.flash[bank] as RomBank).bytes.slice(from, to));
    }
    this.flashWrites.clear();
    this.output.flush((stream, bytes) => this.listener.onConsole(bytes, stream));
  }

  /** Words are programmed one by one: they are told together. */
  private noteFlash(bank: number, from: number, to: number): void {
    const noted = this.flashWrites.get(bank);
    this.flashWrites.set(bank, noted ? { from: Math.min(noted.from, from), to: Math.max(noted.to, to) } : { from, to });
  }

  private holdPowerKey(): void {
    const { board, devices, events } = this.hardware;
    devices.gpio?.setInput(board.powerKey.pin, true);
    events.at(this.timeNs + KEY_PRESS_NS, () => devices.gpio?.setInput(board.powerKey.pin, false));
  }
}
