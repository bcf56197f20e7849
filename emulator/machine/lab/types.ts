/** What a lab is built from and what it tells: plain data that crosses worker boundaries (structured clone). */
import type { MachineCommand, MachineConfig, MachineEvent, Outcome, RunResult, Script } from '../types.ts';
import type { LabWire } from './machine-group.ts';

export type { LabWire } from './machine-group.ts';

export interface LabMachineConfig {
  /** Unique in the lab. */
  name: string;
  /** With `threads: 1`. */
  config: MachineConfig;
  script: Script;
  /** Of its network cards of kind `wire`. */
  wires: LabWire[];
}

/** Machines at switches. */
export interface LabConfig {
  /** What is lost on wires follows from it. */
  seed: number;
  machines: LabMachineConfig[];
  /** Frames are captured (pcapng) where they come to a switch. */
  capture?: boolean;
}

/** How a machine of a lab has done. `running`: it had not ended when its lab did. */
export type LabResult = Omit<RunResult, 'outcome'> & { outcome: Outcome | 'running' };

/** To the lab's worker. */
export type LabCommand =
  | { type: 'start-lab'; lab: LabConfig; wallMs?: number }
  | { type: 'stop' }
  /** For one machine, by its place in the list. */
  | { type: 'machine'; machine: number; command: Extract<MachineCommand, { type: 'input' | 'sockets' | 'power-key' }> };

/** From the lab's worker. */
export type LabEvent =
  | { type: 'machine'; machine: number; event: Extract<MachineEvent, { type: 'console' | 'drive' | 'sockets' | 'refused' }> }
  | Extract<MachineEvent, { type: 'capture' | 'translator' }>
  /** `stateHash` covers all machines, which are in their order. */
  | { type: 'ended'; outcome: Outcome; stateHash: string; results: LabResult[]; wallMs: number };
