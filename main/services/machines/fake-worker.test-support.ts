import type { MachineCommand, MachineEvent, RunResult } from '../../../emulator/machine/types.ts';
import type { MachineWorker } from './worker.ts';

/** A machine's worker for tests: remembers what it was told, says what a test makes it say. */
export class FakeWorker implements MachineWorker {
  readonly commands: MachineCommand[] = [];
  terminated = false;
  #event: (event: MachineEvent) => void = () => {};
  #failure: (error: Error) => void = () => {};

  /** Called with each command, after it was remembered. */
  onCommand: (command: MachineCommand) => void = () => {};

  post(command: MachineCommand): void {
    this.commands.push(command);
    this.onCommand(command);
  }
  onEvent(listener: (event: MachineEvent) => void): void {
    this.#event = listener;
  }
  onFailure(listener: (error: Error) => void): void {
    this.#failure = listener;
  }
  terminate(): void {
    this.terminated = true;
  }

  emit(event: MachineEvent): void {
    this.#event(event);
  }
  say(text: string): void {
    this.emit({ type: 'console', bytes: new TextEncoder().encode(text) });
  }
  end(result: Partial<RunResult> = {}): void {
    this.emit({ type: 'ended', result: { ...endedWell, ...result } });
  }
  fail(error: Error): void {
    this.#failure(error);
  }
}

export const endedWell: RunResult = {
  outcome: 'poweroff',
  virtualNs: 2e9,
  instructions: 3_000_000,
  wallMs: 1500.4,
  stateHash: 'sha256:00',
  matched: [],
  matchedNs: [],
  input: [],
  exits: {},
  tiers: { cold: 3_000_000, hot: 0, compileMs: 0, modules: 0 },
};
