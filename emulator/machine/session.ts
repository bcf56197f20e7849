import { UserError } from '../base/user-error.ts';
import type { Monitor } from '../debug/monitor/monitor.ts';
import type { MonitorAnswer } from '../debug/monitor/target.ts';
import { CloneRun } from './clones/clone-run.ts';
import { createMachine } from './create.ts';
import type { DebugSession } from './debug-session.ts';
import { explainEnd } from './debug/explain-end.ts';
import type * as Tools from './debug/tools.ts';
import type { Machine } from './machine.ts';
import { SequentialMachine } from './sequential-machine.ts';
import type {
  CellCommand,
  CellImages,
  IdlePace,
  MachineCommand,
  MachineEvent,
  MachineHost,
  MachineState,
  MonitorAction,
  MonitorLine,
  Script,
} from './types.ts';
import { pictureOf } from './picture.ts';

/** What a session needs of the thread that it lives in. */
export interface Thread<Event> {
  post(event: Event): void;
  /** Calls `act` after other messages had their turn, at the earliest after a delay. */
  later(delayMs: number, act: () => void): void;
}

/** What the monitor's actions are to a session. `quit` is its owner's affair, and so are files of which there are no `images` yet. */
function commandOf(action: MonitorAction, images: CellImages | undefined): MachineCommand | undefined {
  if (typeof action === 'object') {
    if ('actions' in action) return { type: 'hid', ...action };
    if ('foreground' in action) return { type: 'foreground', cell: action.foreground };
    if ('nic' in action) return { type: 'link', ...action };
    if (action.act !== 'replace') return { type: 'cell', command: action };
    return images && { type: 'cell', command: { ...action, images } };
  }
  const type = ({ stop: 'pause', cont: 'resume', reset: 'reset', power: 'power-key', quit: undefined } as const)[action];
  return type && { type };
}

/** Host time for which the machine runs before messages are looked at. */
const TURN_MS = 10;
const STATUS_MS = 200;

/** One machine under remote control: commands in, events out. It runs in turns, so that commands are heard. */
export class MachineSession {
  private readonly runtime: Uint8Array;
  private readonly host: MachineHost;
  private readonly thread: Thread<MachineEvent>;
  private machine: Machine | undefined;
  private state: MachineState = 'created';
  private script: Script = { sends: [], expects: [] };
  private speed: 'max' | number = 'max';
  private paceIdle: IdlePace = 'never';
  private startedMs = 0;
  private wallMs = Infinity;
  private debug: DebugSession | undefined;
  /** Of the turns that were asked for, the one that counts; 0 when none is to come. */
  private turnNumber = 0;
  private turnAtMs = 0;
  private turns = 0;
  private wallPending = false;
  private lastTurnMs = 0;
  /** Virtual and host time at which pacing began. */
  private paceFrom = { virtualNs: 0, hostMs: 0 };
  private clones: CloneRun | undefined;
  private monitor: Monitor | undefined;
  private tools: typeof Tools | undefined;
  private loading: Promise<typeof Tools> | undefined;
  /** Lines of the script that wait for their virtual time, the next one first. */
  private agenda: (MonitorLine & { atNs: number })[] = [];
  private statusAt = { hostMs: 0, instructions: 0 };

  constructor(runtime: Uint8Array, host: MachineHost, thread: Thread<MachineEvent>) {
    this.runtime = runtime;
    this.host = host;
    this.thread = thread;
  }

  take(command: MachineCommand): void {
    switch (command.type) {
      case 'start':
        return this.start(command);
      case 'pause':
        if (this.state !== 'running') return;
        if (this.debug) return this.debug.interrupt();
        this.machine?.pause();
        return this.setState('paused');
      case 'resume':
        // What a debugger has stopped is its own to let go on.
        if (this.state !== 'paused' || this.debug) return;
        return this.goOn();
      case 'reset':
        this.machine?.meddled();
        this.machine?.reset();
        return;
      case 'stop':
        this.machine?.end('stopped');
        return this.finish();
      case 'speed':
        this.speed = command.speed;
        this.paceIdle = command.paceIdle ?? this.paceIdle;
        return this.restartPacing();
      case 'debugger-opened':
        return this.withTools((tools) => this.openDebugger(tools));
      case 'debugger':
        return this.withTools(() => this.debug?.receive(command.bytes));
      case 'debugger-closed':
        return this.withTools(() => this.debug?.close());
      case 'power-key':
        if (!this.script.replay) this.machine?.pressPowerKey();
        return this.schedule(0);
      case 'monitor':
        return this.withTools(() => this.monitorLine(command, command.id));
      case 'input':
        if (!this.script.replay) this.machine?.type(command.bytes, command.stream);
        return this.schedule(0);
      case 'port':
        if (!this.script.replay) this.machine?.changePort(command.stream, command.change);
        return this.schedule(0);
      case 'hid':
        if (!this.script.replay) this.machine?.act(command.actions);
        return this.schedule(0);
      case 'foreground':
        if (!this.script.replay) this.machine?.giveScreen(command.cell);
        return this.schedule(0);
      case 'cell':
        if (!this.script.replay) this.commandCell(command.command);
        return this.schedule(0);
      case 'link':
        if (!this.script.replay) this.machine?.setLink(command.nic, command.up);
        return this.schedule(0);
      case 'resize-screen': {
        const index = this.machine?.screens.findIndex(({ name }) => name === command.screen) ?? -1;
        if (!this.script.replay && index >= 0) this.machine?.resizeScreen(index, command.width, command.height);
        return this.schedule(0);
      }
      case 'frame':
        if (!this.script.replay) this.machine?.receiveFrame(command.nic, command.frame, 0);
        return this.schedule(0);
      case 'sockets':
        if (!this.script.replay) this.machine?.takeSockets(command.nic, command.event);
        return this.schedule(0);
    }
  }

  private start(command: Extract<MachineCommand, { type: 'start' }>): void {
    this.script = command.script;
    const timed = (this.script.monitor ?? []).flatMap(({ atNs, ...line }) => (atNs === undefined ? [] : [{ ...line, atNs }]));
    this.agenda = timed.sort((a, b) => a.atNs - b.atNs);
    this.speed = command.speed;
    this.paceIdle = command.paceIdle ?? 'never';
    this.startedMs = this.lastTurnMs = this.host.nowMs();
    this.wallMs = command.wallMs ?? Infinity;
    try {
      this.machine = createMachine(command.config, command.script, this.runtime, this.host, {
        onConsole: (bytes, stream) => this.thread.post({ type: 'console', bytes, ...(stream === 0 ? {} : { stream }) }),
        onSound: (bytes, format) => this.thread.post({ type: 'sound', bytes, format }),
        onTaken: (stream, count) => this.thread.post({ type: 'taken', stream, count }),
        onDriveWrite: (name, sector, count) => this.thread.post({ type: 'drive', name, sector, count }),
        onFlashWrite: (bank, offset, bytes) => this.thread.post({ type: 'flash', bank, offset, bytes }),
        onSockets: (nic, command) => this.thread.post({ type: 'sockets', nic, command }),
        onFrame: (nic, frame) => this.thread.post({ type: 'frame', nic, frame }),
        onCapture: (bytes) => this.thread.post({ type: 'capture', bytes }),
      });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.thread.post({
        type: 'refused',
        code: error.code,
        message: error.message,
        ...(error.hint ? { hint: error.hint } : {}),
      });
      return;
    }
    const screens = this.machine.screens.map(({ name, surface }) => ({ name, buffer: surface.buffer }));
    if (screens.length > 0) this.thread.post({ type: 'screens', screens });
    this.setState(command.paused ? 'paused' : 'running');
    // Lines of a script are due at a virtual time: they wait for nothing.
    if (this.script.monitor || this.script.cues) this.withTools(() => this.schedule(0));
    else this.schedule(0);
  }

  private goOn(): void {
    this.setState('running');
    this.schedule(0);
  }

  /** Acts once what looks at machines is loaded, in the order of the calls; at once when it is. A failure to load is the thread's. */
  private withTools(act: (tools: typeof Tools) => void): void {
    if (this.tools) return act(this.tools);
    this.loading ??= import('./debug/tools.ts');
    void this.loading.then((tools) => act((this.tools = tools)));
  }

  private answer(machine: Machine, state: string, line: string, asked?: Monitor): MonitorAnswer {
    const { Monitor, monitorTarget } = this.tools as typeof Tools;
    const monitor = asked ?? (this.monitor ??= new Monitor());
    // Cores with threads stand still while they are looked at; the next turn lets them go.
    machine.pause();
    const answer = monitor.execute(line, monitorTarget(machine, state, this.runtime, this.host));
    const isRefused = answer.action === 'cont' && this.debug !== undefined && this.state === 'paused';
    return isRefused ? { ...answer, text: `${answer.text}the debugger has stopped it, and lets it go on\n` } : answer;
  }

  /** Answers a line and does what it asks for; without a machine there is nothing to ask. */
  private monitorLine({ line, images }: MonitorLine, id?: number): void {
    const { machine } = this;
    const named = id === undefined ? { line } : { id, line };
    if (!machine) return this.thread.post({ type: 'monitor', ...named, text: 'there is no machine\n' });
    const { text, action, picture } = this.answer(machine, this.state, line);
    this.thread.post({ type: 'monitor', ...named, text, ...(action ? { action } : {}), ...(picture ? { picture } : {}) });
    this.act(action, images);
  }

  /** Does what a line of the monitor asks for. */
  private act(action: MonitorAction | undefined, images?: CellImages): void {
    const command = action && commandOf(action, images);
    if (command) this.take(command);
    else this.schedule(0);
  }

  private runAgenda(nowNs: number): void {
    while (this.agenda[0] && this.agenda[0].atNs <= nowNs) this.monitorLine(this.agenda.shift() as MonitorLine);
  }

  /** What cannot be done is told as the monitor tells its answers: whoever asked may have had to read files first. */
  private commandCell(command: CellCommand): void {
    try {
      this.machine?.commandCell(command);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.thread.post({ type: 'monitor', line: `cell ${command.cell} ${command.act}`, text: `${error.toLine()}\n` });
    }
  }

  /** The picture that the script asks for, at the end. */
  private lastPicture(machine: Machine): void {
    const { screenshot } = this.script;
    if (!screenshot) return;
    const screen = machine.screens.find(({ name }) => screenshot.screen === undefined || name === screenshot.screen);
    const picture = screen && pictureOf(machine, screen);
    this.thread.post({ type: 'screenshot', ...(picture ? { picture } : {}) });
  }

  private openDebugger({ DebugSession, Monitor }: typeof Tools): void {
    const { machine } = this;
    const external = machine?.debugger();
    if (!machine || !external || this.state === 'off' || this.debug) return;
    if (this.state === 'running') this.setState('paused');
    // Its own: the debugger has chosen a core.
    const monitor = new Monitor();
    this.debug = new DebugSession(machine, external, {
      send: (bytes) => this.thread.post({ type: 'debugger', bytes }),
      goOn: () => this.goOn(),
      stop: () => this.setState('paused'),
      end: () => {
        machine.end('stopped');
        this.finish();
      },
      closed: () => (this.debug = undefined),
      monitor: (core, line) => {
        monitor.choose(core);
        const answer = this.answer(machine, this.state, line, monitor);
        const { text, picture } = answer;
        // Files are the owner's affair, not the debugger's.
        if (picture) this.thread.post({ type: 'monitor', line, text, picture });
        this.act(answer.action);
        return answer;
      },
    });
  }

  private setState(state: MachineState): void {
    if (this.state === 'off') return;
    this.state = state;
    if (state === 'running') this.restartPacing();
    else this.watchWall();
    // What stands still has no turns.
    if (state === 'paused') this.machine?.refreshScreens(true);
    this.postStatus();
  }

  /** Ends the run when the host's time for it is over. */
  private isWallOver(): boolean {
    if (this.host.nowMs() - this.startedMs < this.wallMs) return false;
    this.machine?.end('wall');
    this.finish();
    return true;
  }

  /** A machine that stands still has that limit as well. */
  private watchWall(): void {
    if (this.state !== 'paused' || this.wallMs === Infinity || this.wallPending) return;
    this.wallPending = true;
    this.thread.later(STATUS_MS, () => {
      this.wallPending = false;
      if (this.state === 'paused' && !this.isWallOver()) this.watchWall();
    });
  }

  private restartPacing(): void {
    this.paceFrom = { virtualNs: this.machine?.nowNs ?? 0, hostMs: this.host.nowMs() };
  }

  private schedule(delayMs: number): void {
    if (this.state !== 'running') return;
    const atMs = this.host.nowMs() + delayMs;
    // An earlier one takes the place of a later one, which then does nothing.
    if (this.turnNumber !== 0 && this.turnAtMs <= atMs) return;
    const number = ++this.turns;
    this.turnNumber = number;
    this.turnAtMs = atMs;
    this.thread.later(delayMs, () => {
      if (this.turnNumber !== number) return;
      this.turnNumber = 0;
      this.turn();
    });
  }

  private turn(): void {
    const { machine } = this;
    // Lines of the script may be due: what executes them comes first.
    if (!machine || this.state !== 'running' || (this.script.monitor && !this.tools)) return;
    const now = this.host.nowMs();
    if (this.isWallOver()) return;
    if (this.clones) return this.clones.runFor(TURN_MS) ? this.schedule(0) : this.finish();
    let untilNs = Infinity;
    if (this.speed !== 'max') untilNs = this.paceFrom.virtualNs + (now - this.paceFrom.hostMs) * 1e6 * this.speed;
    // With paced idling, time that nobody computes in passes as on the wall; what computes runs as fast as it can.
    const asOnTheWall = machine.nowNs + (now - this.lastTurnMs) * 1e6;
    this.lastTurnMs = now;
    const nextLineNs = this.agenda[0]?.atNs ?? Infinity;
    let state = machine.runFor(TURN_MS, {
      untilNs: Math.min(untilNs, nextLineNs),
      socketsUntilNs: asOnTheWall,
      ...(this.paceIdle === 'always' ? { idleUntilNs: asOnTheWall } : {}),
      ...(this.paceIdle === 'at-prompts' ? { promptUntilNs: asOnTheWall } : {}),
    });
    machine.refreshScreens();
    if (state !== 'ended') for (const line of machine.takeLines()) this.monitorLine(line);
    if (machine.nowNs >= nextLineNs && state !== 'ended') {
      if (state === 'paced') state = 'busy';
      this.runAgenda(machine.nowNs);
    }
    // A machine that waits for input alone gets no older.
    if (state === 'idle') this.runAgenda(Infinity);
    if (this.host.nowMs() - this.statusAt.hostMs >= STATUS_MS) this.postStatus();
    if (state === 'ended' && this.startClones(machine)) return this.schedule(0);
    if (state === 'ended' && !this.debug?.holds(machine.outcome)) return this.finish();
    if (state === 'halted') this.debug?.stopped();
    // A machine that can't keep up does not owe the lost time.
    if (this.speed !== 'max' && state === 'busy' && machine.nowNs < untilNs - 50e6) this.restartPacing();
    const idleMs = Math.min(20, Math.max(1, this.wallMs - (now - this.startedMs)));
    this.schedule(state === 'busy' ? 0 : state === 'paced' ? 2 : idleMs);
  }

  /** Where clones are to go on from here, they do. */
  private startClones(machine: Machine): boolean {
    const { clones: scripts } = this.script;
    if (!scripts || machine.outcome !== 'expected' || !(machine instanceof SequentialMachine)) return false;
    const { streams } = machine.hardware;
    this.clones = new CloneRun(machine, scripts, this.host, (clone) => ({
      onConsole: (bytes, stream) => this.thread.post({ type: 'console', bytes, stream: streams * (clone + 1) + stream }),
      onDriveWrite: () => undefined,
    }));
    return true;
  }

  private postStatus(): void {
    const { machine } = this;
    const hostMs = this.host.nowMs();
    const instructions = machine?.instructions ?? 0;
    const elapsed = hostMs - this.statusAt.hostMs;
    const mips = elapsed > 0 ? (instructions - this.statusAt.instructions) / elapsed / 1000 : 0;
    this.statusAt = { hostMs, instructions };
    const { cells, watchedDeadlines: deadlines } = machine ?? {};
    const status = {
      state: this.state,
      virtualNs: machine?.nowNs ?? 0,
      instructions,
      mips,
      ...(cells ? { cells } : {}),
      ...(deadlines ? { deadlines } : {}),
    };
    this.thread.post({ type: 'status', status });
  }

  /** A line of the script when the run has ended: there is nothing to act on any more. */
  private lastLine(machine: Machine, line: string): void {
    const { text, picture } = this.answer(machine, 'ended', line);
    this.thread.post({ type: 'monitor', line, text, ...(picture ? { picture } : {}) });
  }

  private finish(): void {
    if (!this.machine || this.state === 'off') return;
    const { machine } = this;
    for (const { line } of this.agenda.splice(0)) this.thread.post({ type: 'monitor', line, text: 'the run ended before\n' });
    machine.refreshScreens(true);
    this.lastPicture(machine);
    // Before they are loaded nothing has run.
    const lastLines = this.tools ? (this.script.monitor ?? []) : [];
    for (const { atNs, line } of lastLines) if (atNs === undefined) this.lastLine(machine, line);
    this.state = 'off';
    this.postStatus();
    const clones = this.clones?.finish();
    const result = { ...machine.result(this.host.nowMs() - this.startedMs), ...(clones ? { clones } : {}) };
    const end = (): void => {
      this.debug?.ended(result.outcome);
      this.thread.post({ type: 'ended', result });
      machine.dispose();
    };
    const explained = explainEnd(machine, result, this.runtime, this.host);
    if (explained) void explained.then(end);
    else end();
  }
}
