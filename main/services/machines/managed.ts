import { UserError } from '../../../emulator/base/user-error.ts';
import type { MachineEvent, MachineCommand, MonitorAction, RunResult as FullResult } from '../../../emulator/machine/types.ts';
import type { Machine, MachineStatus, Peer, RunResult, Speed } from '../../contract/index.ts';
import { HostNetwork } from '../network/index.ts';
import { Attachment } from './attachment.ts';
import { ConsoleRing } from './console-ring.ts';
import type { DriveFile } from './drives.ts';
import { loadPlan } from './load.ts';
import type { MachinePlan } from './plan.ts';
import type { MachineWorker, SpawnMachine } from './worker.ts';

export interface ManagedEvents {
  status(status: MachineStatus): void;
  ended(result: RunResult): void;
}

/** What the monitor says to a line. */
export interface MonitorAnswer {
  text: string;
  action?: MonitorAction;
}

const none: MachineStatus = { state: 'created', virtualNs: 0, instructions: 0, mips: 0 };

/** One machine of the workstation, over any number of runs: each run has a worker of its own. */
export class ManagedMachine {
  readonly id: number;
  readonly project: string;
  readonly #readPlan: () => MachinePlan;
  readonly #spawn: SpawnMachine;
  readonly #events: ManagedEvents;
  readonly #ring = new ConsoleRing();
  readonly #attachments = new Map<Peer, Attachment>();
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
    this.#readPlan = readPlan;
    this.#plan = readPlan();
    this.#speed = speed;
    this.#spawn = spawn;
    this.#events = events;
  }

  describe(): Machine {
    const { name, cell, settings } = this.#plan;
    return {
      ...{ id: this.id, project: this.project, name, cores: settings.cpus, memory: settings.memory },
      consoles: [{ cell }],
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

  input(bytes: Uint8Array): void {
    this.#worker?.post({ type: 'input', bytes: bytes.slice() });
  }

  attach(peer: Peer): void {
    this.detach(peer);
    this.#attachments.set(peer, new Attachment(peer, this.id, this.#ring));
  }

  detach(peer: Peer): void {
    this.#attachments.get(peer)?.close();
    this.#attachments.delete(peer);
  }

  /** Ends without waiting for an account. */
  dispose(): void {
    this.#release();
    for (const attachment of this.#attachments.values()) attachment.close();
    this.#attachments.clear();
  }

  #take(event: MachineEvent): void {
    switch (event.type) {
      case 'console':
        this.#ring.write(event.bytes);
        for (const attachment of this.#attachments.values()) attachment.wake();
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

  #answer({ id, text, action }: Extract<MachineEvent, { type: 'monitor' }>): void {
    if (action === 'quit') this.#worker?.post({ type: 'stop' });
    if (id === undefined) return;
    this.#asked.get(id)?.resolve({ text, ...(action ? { action } : {}) });
    this.#asked.delete(id);
  }

  #end(result: Pick<RunResult, 'outcome'> & Partial<RunResult>): void {
    this.#release();
    const { virtualNs, instructions } = this.#status;
    this.#result = { virtualNs, instructions, wallMs: 0, stateHash: '', ...result };
    for (const attachment of this.#attachments.values()) attachment.flush();
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

/** What a screen sees of a result: not the input log. */
function publicResult({ outcome, virtualNs, instructions, wallMs, stateHash, error }: FullResult): RunResult {
  return { outcome, virtualNs, instructions, wallMs, stateHash, ...(error ? { error } : {}) };
}
