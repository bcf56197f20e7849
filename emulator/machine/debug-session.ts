import type { DebugRegister } from '../debug/target-description.ts';
import { GdbServer } from '../debug/gdb/server.ts';
import type { MonitorAnswer } from '../debug/monitor/target.ts';
import type { DebugTarget, MemoryRegion, Step, Watchpoint } from '../debug/target.ts';
import type { ExternalDebug } from './external-debug/external-debug.ts';
import type { Machine } from './machine.ts';
import type { Outcome } from './types.ts';

/** What a debugger may do with the session of the machine. */
export interface SessionControl {
  /** Bytes for the debugger. */
  send(bytes: Uint8Array): void;
  goOn(): void;
  stop(): void;
  /** The run is over. */
  end(): void;
  /** Nobody debugs any more. */
  closed(): void;
  /** Executes a line of the monitor about a core, and does what it asks for; `quit` is the debugger's. */
  monitor(core: number, line: string): MonitorAnswer;
}

/** GDB is told the end of a run as the exit code of a process. */
const exitCodes: Readonly<Record<Outcome, number>> = {
  ...{ expected: 0, poweroff: 0, stopped: 0, fail: 1, timeout: 3, wall: 3, 'guest-fault': 4, internal: 5 },
};

/** A debugger at a machine: the server of its protocol, and what that may ask for. */
export class DebugSession implements DebugTarget {
  private readonly machine: Machine;
  private readonly external: ExternalDebug;
  private readonly control: SessionControl;
  private readonly server: GdbServer;
  /** The run is over, but the debugger may still look. */
  private isOver = false;
  private isKilled = false;

  /** The machine stands still. */
  constructor(machine: Machine, external: ExternalDebug, control: SessionControl) {
    this.machine = machine;
    this.control = control;
    this.external = external;
    this.server = new GdbServer(this, this.external.halt({ kind: 'interrupt' }), (bytes) => control.send(bytes));
  }

  // --- from the session -------------------------------------------------------------------------------------------------------------

  receive(bytes: Uint8Array): void {
    this.server.receive(bytes);
  }

  /** The debugger is gone. */
  close(): void {
    this.server.closed();
  }

  /** The machine has stopped by itself. */
  stopped(): void {
    const { stop } = this.external;
    if (!stop) return;
    this.control.stop();
    this.server.stopped(stop);
  }

  /** Whether the end of the run is put off: a person will want to see what the guest died of. */
  holds(outcome: Outcome | undefined): boolean {
    if (this.isOver || outcome !== 'guest-fault') return false;
    this.isOver = true;
    this.external.halt({ kind: 'fault' });
    this.stopped();
    return true;
  }

  ended(outcome: Outcome): void {
    if (!this.isKilled) this.server.ended(exitCodes[outcome]);
  }

  // --- DebugTarget --------------------------------------------------------------------------------------------------------------------

  get cores(): number {
    return this.external.cores.length;
  }

  readRegister(core: number, register: DebugRegister): Uint8Array {
    return this.external.readRegister(core, register);
  }

  writeRegister(core: number, register: DebugRegister, bytes: Uint8Array): boolean {
    this.machine.meddled();
    return this.external.writeRegister(core, register, bytes);
  }

  readMemory(core: number, address: bigint, length: number): Uint8Array {
    return this.external.memory.read(core, address, length);
  }

  writeMemory(core: number, address: bigint, bytes: Uint8Array): boolean {
    this.machine.meddled();
    return this.external.memory.write(core, address, bytes);
  }

  setBreakpoint(address: bigint): boolean {
    return this.external.setBreakpoint(address);
  }

  clearBreakpoint(address: bigint): void {
    this.external.clearBreakpoint(address);
  }

  setWatchpoint(watchpoint: Watchpoint): boolean {
    return this.external.setWatchpoint(watchpoint);
  }

  clearWatchpoint(watchpoint: Watchpoint): void {
    this.external.clearWatchpoint(watchpoint);
  }

  clearAll(): void {
    this.external.clearAll();
  }

  describe(core: number): string {
    const one = this.external.cores[core]!;
    if (one.poweredOff) return one.suspended ? 'suspended' : 'off';
    const does = one.waiting === 1 ? 'waits for an interrupt' : one.waiting === 2 ? 'waits for an event' : 'runs';
    return `EL${one.get32('EL')}, ${does}`;
  }

  monitor(core: number, line: string): string {
    const { text, action } = this.control.monitor(core, line);
    if (action === 'quit') this.kill();
    return text;
  }

  regions(): readonly MemoryRegion[] {
    return this.external.regions;
  }

  resume(step?: Step): void {
    if (this.isOver) return this.control.end();
    this.external.resume(step);
    this.control.goOn();
  }

  interrupt(): void {
    this.external.halt({ kind: 'interrupt' });
    this.stopped();
  }

  reset(): void {
    this.machine.meddled();
    this.machine.reset();
  }

  kill(): void {
    this.isKilled = true;
    this.control.end();
  }

  detached(): void {
    this.control.closed();
  }
}
