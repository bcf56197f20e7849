import { UserError } from '../../base/user-error.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import { capturedFrame, captureHeader } from '../../network/capture/pcapng.ts';
import { createMachine } from '../create.ts';
import { explainEnd } from '../debug/explain-end.ts';
import type { Machine } from '../machine.ts';
import type { Thread } from '../session.ts';
import type { MachineHost, Outcome } from '../types.ts';
import { MachineGroup, type LabWire } from './machine-group.ts';
import type { LabCommand, LabConfig, LabEvent, LabMachineConfig, LabResult } from './types.ts';
import { verdictOf } from './verdict.ts';

/** Host time for which machines run before messages are looked at. */
const TURN_MS = 10;
const IDLE_MS = 20;

/** Machines at switches under remote control: commands in, events out. They run in turns of one thread, so that commands are heard. */
export class LabSession {
  private readonly runtime: Uint8Array;
  private readonly host: MachineHost;
  private readonly thread: Thread<LabEvent>;
  private group: MachineGroup | undefined;
  private machines: Machine[] = [];
  private isExpecting = false;
  private isOver = false;
  private startedMs = 0;
  private lastTurnMs = 0;
  private wallMs = Infinity;

  constructor(runtime: Uint8Array, host: MachineHost, thread: Thread<LabEvent>) {
    this.runtime = runtime;
    this.host = host;
    this.thread = thread;
  }

  take(command: LabCommand): void {
    switch (command.type) {
      case 'start-lab':
        this.wallMs = command.wallMs ?? Infinity;
        return this.start(command.lab);
      case 'stop':
        return this.finish('stopped');
      case 'machine':
        return this.tell(command);
    }
  }

  private start(lab: LabConfig): void {
    this.startedMs = this.lastTurnMs = this.host.nowMs();
    this.isExpecting = lab.machines.some(({ script }) => script.expects.length > 0);
    const group = (this.group = new MachineGroup(lab.seed, lab.capture ? this.capturer(lab) : undefined));
    for (const [index, machine] of lab.machines.entries()) {
      try {
        this.machines.push(this.build(group, index, machine));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const { code, message, hint } = error;
        const event = { type: 'refused' as const, code, message, ...(hint ? { hint } : {}) };
        return this.thread.post({ type: 'machine', machine: index, event });
      }
    }
    this.schedule(0);
  }

  private build(group: MachineGroup, index: number, { name, config, script, wires }: LabMachineConfig): Machine {
    const post = (event: Extract<LabEvent, { type: 'machine' }>['event']): void =>
      this.thread.post({ type: 'machine', machine: index, event });
    return group.add(name, wires, (onFrame) =>
      createMachine(config, { ...script, goesOn: true }, this.runtime, this.host, {
        onConsole: (bytes) => post({ type: 'console', bytes }),
        onDriveWrite: (drive, sector, count) => post({ type: 'drive', name: drive, sector, count }),
        onSockets: (nic, command) => post({ type: 'sockets', nic, command }),
        onFrame,
      }),
    );
  }

  /** Writes the beginning of a capture, with an interface for each wire; answers what writes frames. Dates are the first machine's. */
  private capturer({ machines }: LabConfig): (machine: string, wire: LabWire, frame: Uint8Array, atNs: number) => void {
    const interfaces = machines.flatMap(({ name, wires }) => wires.map((wire) => nameOf(name, wire)));
    const numbers = new Map(interfaces.map((name, n) => [name, n]));
    const epochNs = BigInt(machines[0]?.config.rtcSeconds ?? 0) * 1_000_000_000n;
    const post = (bytes: Uint8Array): void => this.thread.post({ type: 'capture', bytes });
    post(captureHeader(interfaces));
    return (machine, wire, frame, atNs) => {
      const number = numbers.get(nameOf(machine, wire)) as number;
      post(capturedFrame(number, epochNs + BigInt(Math.floor(atNs)), 'in', frame));
    };
  }

  private tell({ machine: index, command }: Extract<LabCommand, { type: 'machine' }>): void {
    const machine = this.machines[index];
    if (!machine || !this.group) return;
    if (command.type === 'input') machine.type(command.bytes);
    else if (command.type === 'sockets') machine.takeSockets(command.nic, command.event);
    else machine.pressPowerKey();
    this.group.wake(machine);
  }

  private schedule(delayMs: number): void {
    this.thread.later(delayMs, () => this.turn());
  }

  private turn(): void {
    if (this.isOver || !this.group) return;
    const now = this.host.nowMs();
    if (now - this.startedMs >= this.wallMs) return this.finish('wall');
    const waitForNs = (now - this.lastTurnMs) * 1e6;
    this.lastTurnMs = now;
    let state = this.group.step(waitForNs);
    let verdict = verdictOf(this.machines, this.isExpecting);
    while (state === 'busy' && !verdict && this.host.nowMs() < now + TURN_MS) {
      state = this.group.step(0);
      verdict = verdictOf(this.machines, this.isExpecting);
    }
    if (verdict) this.finish(verdict);
    else this.schedule({ busy: 0, paced: 2, idle: IDLE_MS }[state]);
  }

  private finish(outcome: Outcome): void {
    if (this.isOver) return;
    this.isOver = true;
    void this.results(outcome).then((results) => {
      const hash = this.host.sha256();
      for (const { stateHash } of results) hash.update(encodeUtf8(stateHash));
      const wallMs = this.host.nowMs() - this.startedMs;
      this.thread.post({ type: 'ended', outcome, stateHash: `sha256:${hash.digest()}`, results, wallMs });
      for (const machine of this.machines) machine.dispose();
    });
  }

  /** The figures of all machines. */
  private async results(outcome: Outcome): Promise<LabResult[]> {
    const results: LabResult[] = [];
    for (const machine of this.machines) {
      // What ends all of them is the outcome of each; what happened to one is its own.
      if (outcome === 'expected' || outcome === 'wall') machine.end(outcome);
      const isRunning = machine.outcome === undefined;
      const result = machine.result(this.host.nowMs() - this.startedMs);
      await explainEnd(machine, result, this.runtime, this.host);
      results.push(isRunning ? { ...result, outcome: 'running' } : result);
    }
    return results;
  }
}

const nameOf = (machine: string, wire: LabWire): string => `${wire.switch}:${machine}`;
