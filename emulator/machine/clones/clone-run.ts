import type { MachineListener } from '../machine.ts';
import type { SequentialMachine } from '../sequential-machine.ts';
import type { CloneResults, CloneScript, MachineHost } from '../types.ts';

/** Clones of a machine that run in turns, each to the end of its own script. */
export class CloneRun {
  private readonly clones: readonly SequentialMachine[];
  private readonly host: MachineHost;
  private readonly startedMs: number;
  private readonly cost: Pick<CloneResults, 'hostMs' | 'bytes'>;
  private next = 0;

  constructor(
    original: SequentialMachine,
    scripts: readonly CloneScript[],
    host: MachineHost,
    listenerOf: (clone: number) => MachineListener,
  ) {
    const { runtime } = original.hardware;
    this.host = host;
    this.startedMs = host.nowMs();
    const left = runtime.poolLeft() >>> 0;
    // Of flash only what is not zero takes memory of the host.
    const flash = original.hardware.flash.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.clones = scripts.map((script, n) => original.clone(script, listenerOf(n)));
    this.cost = { hostMs: host.nowMs() - this.startedMs, bytes: left - (runtime.poolLeft() >>> 0) - flash * this.clones.length };
  }

  /** Runs one of them for a while; false when all have ended. */
  runFor(hostMs: number): boolean {
    for (let tried = 0; tried < this.clones.length; tried++) {
      const clone = this.clones[this.next] as SequentialMachine;
      this.next = (this.next + 1) % this.clones.length;
      if (clone.outcome) continue;
      // What waits for input alone gets none any more.
      if (clone.runFor(hostMs) === 'idle') clone.end('timeout');
      return true;
    }
    return false;
  }

  /** Ends all of them, and gives back what they have. */
  finish(): CloneResults {
    const results = this.clones.map((clone) => {
      clone.end('wall');
      return clone.result(this.host.nowMs() - this.startedMs);
    });
    for (const clone of this.clones) clone.dispose();
    return { results, ...this.cost };
  }
}
