import { actProblem } from '../../../emulator/base/cell-acts.ts';
import type { HidAction } from '../../../emulator/base/hid.ts';
import { keyByDomCode } from '../../../emulator/base/keys.ts';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { MachineEvent, MachineCommand, MonitorAction, RunResult as FullResult } from '../../../emulator/machine/types.ts';
import type { CellAct, CellStatus, HandsAction, Machine, MachineStatus, Peer, RunResult, Speed } from '../../contract/index.ts';
import { linesOf } from '../serial/backend.ts';
import { HostNetwork } from '../network/index.ts';
import { Attachment } from './attachment.ts';
import { ConsoleRing } from './console-ring.ts';
import type { DriveFile } from './drives.ts';
import { hasScreen, inputsOf } from './displays.ts';
import { loadPlan, readImages } from './load.ts';
import type { MachinePlan } from './plan.ts';
import { MachineScreens } from './screens.ts';
import type { MachineWorker, SpawnMachine } from './worker.ts';

export interface ManagedEvents {
  status(status: MachineStatus): void;
  ended(result: RunResult): void;
  /** What `describe` answers is another. */
  changed(): void;
}

/** What the monitor says to a line. */
export interface MonitorAnswer {
  text: string;
  action?: Extract<MonitorAction, string> | { nic: number; up: boolean } | { cell: string; act: CellAct } | 'hands' | 'screen';
}

const none: MachineStatus = { state: 'created', virtualNs: 0, instructions: 0, mips: 0 };

/** One machine of the workstation, over any number of runs: each run has a worker of its own. */
export class ManagedMachine {
  readonly id: number;
  readonly project: string;
  readonly screens: MachineScreens;
  readonly #readPlan: () => MachinePlan;
  readonly #spawn: SpawnMachine;
  readonly #events: ManagedEvents;
  /** By console; each is a stream of the machine with that number. */
  readonly #rings: ConsoleRing[] = [];
  readonly #attachments = new Map<Peer, Map<number, Attachment>>();
  #plan: MachinePlan;
  #worker: MachineWorker | undefined;
  #drives: DriveFile[] = [];
  #network: HostNetwork | undefined;
  #status = none;
  #result: RunResult | undefined;
  #speed: Speed;
  #lines = 0;
  readonly #asked = new Map<number, { resolve(answer: MonitorAnswer): void; reject(error: Error): void }>();

  constructor(
    id: number,
    project: string,
    readPlan: () => MachinePlan,
    speed: Speed,
    spawn: SpawnMachine,
    events: ManagedEvents,
  ) {
    this.id = id;
    this.project = project;
    this.screens = new MachineScreens(id);
    this.#readPlan = readPlan;
    this.#plan = readPlan();
    this.#speed = speed;
    this.#spawn = spawn;
    this.#events = events;
  }

  describe(): Machine {
    const { name, settings } = this.#plan;
    return {
      ...{ id: this.id, project: this.project, name, cores: settings.cpus, memory: settings.memory },
      consoles: consolesOf(this.#plan).map((name) => ({ name })),
      screens: this.screens.names.map((name) => ({ name })),
      inputs: inputsOf(this.#plan),
      status: this.#status,
      speed: this.#speed,
      ...(this.#result ? { result: this.#result } : {}),
    };
  }

  /** Starts a run with the handset file as it is on disk now. */
  start(speed: Speed = this.#speed): void {
    if (this.#worker) throw new UserError('running', 'the machine is running already');
    const plan = this.#readPlan();
    const { config, drives } = loadPlan(plan);
    const worker = this.#spawn();
    this.#plan = plan;
    this.#drives = drives;
    this.#worker = worker;
    this.#speed = speed;
    this.#result = undefined;
    // With screens, the last picture stays until there is another.
    if (!hasScreen(plan)) this.screens.replace([]);
    worker.onEvent((event) => this.#take(event));
    worker.onFailure((error) => this.#end({ outcome: 'internal', error: { message: error.message, detail: error.stack ?? '' } }));
    const start = () => worker.post({ type: 'start', config, script: { sends: [], expects: [] }, speed, paceIdle: 'always' });
    if (!config.nics?.length) return start();
    const network = (this.#network = new HostNetwork(config.nics));
    network.connect((nic, event) => worker.post({ type: 'sockets', nic, event }));
    network.listen().then(
      () => (this.#worker === worker ? start() : network.close()),
      (error: Error) => {
        if (this.#worker !== worker) return;
        const detail = error instanceof UserError ? (error.hint ?? '') : (error.stack ?? '');
        this.#end({ outcome: 'refused', error: { message: error.message, detail } });
      },
    );
  }

  /** For a machine that runs; any other refuses. */
  command(command: MachineCommand): void {
    if (!this.#worker) throw new UserError('not-running', 'the machine is not running', { hint: 'start it first' });
    this.#worker.post(command);
  }

  /** Executes a line of the monitor. Fails when there is no run, or it ends before the answer. */
  monitor(line: string): Promise<MonitorAnswer> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lines;
      if (this.#worker) this.#asked.set(id, { resolve, reject });
      this.command({ type: 'monitor', id, line });
    });
  }

  setSpeed(speed: Speed): void {
    this.#speed = speed;
    this.#worker?.post({ type: 'speed', speed });
  }

  /** Dropped where nothing runs. */
  act(actions: readonly HandsAction[]): void {
    this.#worker?.post({ type: 'hid', actions: actions.flatMap(hidAction).map((action) => ({ afterNs: 0, action })) });
  }

  input(console: number, bytes: Uint8Array): void {
    if (console >= consolesOf(this.#plan).length) return;
    const stream = console === 0 ? {} : { stream: console };
    this.#worker?.post({ type: 'input', bytes: bytes.slice(), ...stream });
  }

  attach(peer: Peer, console: number): void {
    if (console >= consolesOf(this.#plan).length) throw new UserError('unknown-console', `there is no console ${console}`);
    this.detach(peer, console);
    const ofPeer = this.#attachments.get(peer) ?? new Map<number, Attachment>();
    this.#attachments.set(peer, ofPeer.set(console, new Attachment(peer, this.id, console, this.#ring(console))));
  }

  detach(peer: Peer, console: number): void {
    this.#attachments.get(peer)?.get(console)?.close();
    this.#attachments.get(peer)?.delete(console);
  }

  /** The peer is gone. */
  detachAll(peer: Peer): void {
    for (const attachment of this.#attachments.get(peer)?.values() ?? []) attachment.close();
    this.#attachments.delete(peer);
  }

  actOnCell(name: string, act: CellAct): void {
    const { state } = this.#cell(name);
    const problem = actProblem(name, state, act);
    if (problem) throw new UserError('wrong-state', `${problem}: there is nothing to ${act}`);
    this.command({ type: 'cell', command: { cell: name, act } });
  }

  /** The cell begins anew with what the handset file on disk has for it. */
  replaceCell(name: string): void {
    this.#cell(name);
    const plan = this.#readPlan().cells?.cells.find((cell) => cell.name === name);
    if (!plan) throw new UserError('unknown-cell', `the handset file has no cell ${JSON.stringify(name)} any more`);
    this.command({ type: 'cell', command: { cell: name, act: 'replace', images: readImages(plan.images) } });
  }

  #cell(name: string): CellStatus {
    const found = this.#worker && this.#status.cells?.find((cell) => cell.name === name);
    if (found) return found;
    if (!this.#worker) throw new UserError('not-running', 'the machine is not running', { hint: 'start it first' });
    throw new UserError('unknown-cell', `there is no cell ${JSON.stringify(name)}`);
  }

  resizeScreen(screen: number, width: number, height: number): void {
    this.command({ type: 'resize-screen', screen: this.screens.nameOf(screen), width, height });
  }

  /** Ends without waiting for an account. */
  dispose(): void {
    this.#release();
    for (const peer of [...this.#attachments.keys()]) this.detachAll(peer);
    this.screens.close();
  }

  #take(event: MachineEvent): void {
    switch (event.type) {
      case 'console':
        this.#ring(event.stream ?? 0).write(event.bytes);
        for (const ofPeer of this.#attachments.values()) ofPeer.get(event.stream ?? 0)?.wake();
        return;
      case 'taken':
      case 'sound':
        // What is typed is little; only the command line writes sound.
        return;
      case 'status':
        // The end of a run is told together with its result.
        if (event.status.state === 'off') this.#status = event.status;
        else this.#setStatus(event.status);
        return;
      case 'monitor':
        return this.#answer(event);
      case 'drive':
        return this.#drives.find((drive) => drive.config.name === event.name)?.writeBack(event.sector, event.count);
      case 'sockets':
        return this.#network?.take(event.nic, event.command);
      case 'flash':
        // The image that a handset file names is left as it is.
        return;
      case 'screens':
        this.screens.replace(event.screens);
        return this.#events.changed();
      case 'frame':
      case 'debugger':
        // Only the command line has sockets for them.
        return;
      case 'refused': {
        const detail = event.hint ?? '';
        return this.#end({ outcome: 'refused', error: { message: event.message, detail } });
      }
      case 'ended':
        return this.#end(publicResult(event.result));
    }
  }

  #ring(console: number): ConsoleRing {
    return (this.#rings[console] ??= new ConsoleRing());
  }

  #answer({ id, text: said, action, picture }: Extract<MachineEvent, { type: 'monitor' }>): void {
    // A screen of the workstation names no files of the host.
    const isReplacement = typeof action === 'object' && 'act' in action && action.act === 'replace';
    const text = picture || isReplacement ? 'files are the affair of the monitor of the command line\n' : said;
    if (action === 'quit') this.#worker?.post({ type: 'stop' });
    if (id === undefined) return;
    this.#asked.get(id)?.resolve({ text, ...told(action) });
    this.#asked.delete(id);
  }

  #end(result: Pick<RunResult, 'outcome'> & Partial<RunResult>): void {
    this.#release();
    const { virtualNs, instructions } = this.#status;
    this.#result = { virtualNs, instructions, wallMs: 0, stateHash: '', ...result };
    for (const ofPeer of this.#attachments.values()) for (const attachment of ofPeer.values()) attachment.flush();
    this.screens.flush();
    this.#setStatus({ ...this.#status, state: 'off', mips: 0 });
    this.#events.ended(this.#result);
  }

  #setStatus(status: MachineStatus): void {
    this.#status = status;
    this.#events.status(status);
  }

  #release(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#asked.values()) reject(new UserError('not-running', 'the run ended before the answer'));
    this.#asked.clear();
    for (const drive of this.#drives) drive.close();
    this.#drives = [];
    this.#network?.close();
    this.#network = undefined;
  }
}

/** Of a line of the monitor: what a screen learns of what it did. */
function told(action: MonitorAction | undefined): Pick<MonitorAnswer, 'action'> {
  if (!action || typeof action === 'string' || 'nic' in action) return action ? { action } : {};
  if ('actions' in action) return { action: 'hands' };
  if ('foreground' in action) return { action: 'screen' };
  return action.act === 'replace' ? {} : { action: { cell: action.cell, act: action.act } };
}

/** The UART, called as its cell, and virtio's; or that of each cell. A handset file gives virtio's no other streams before them. */
function consolesOf({ cell, cells, serial }: MachinePlan): string[] {
  if (cells) return cells.cells.map(({ name }) => name);
  return [cell, ...linesOf(serial).map(({ name }) => name)];
}

/** What a screen sees of a result: not the input log. */
function publicResult({ outcome, virtualNs, instructions, wallMs, stateHash, error }: FullResult): RunResult {
  return { outcome, virtualNs, instructions, wallMs, stateHash, ...(error ? { error } : {}) };
}

/** A key that Linux has no number for is none. */
function hidAction(action: HandsAction): HidAction[] {
  if (action.kind !== 'key') return [action];
  const key = keyByDomCode(action.code);
  return key === undefined ? [] : [{ kind: 'key', key, down: action.down }];
}
