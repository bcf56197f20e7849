/**
 * Repeats a run up to the exception that the guest died of, and keeps the branches before it. Runs are deterministic, so this costs nothing while
 * the guest runs; only the last millisecond of the repetition goes one instruction at a time.
 */
import type { Branch } from '../../debug/explain/death.ts';
import type { Core } from '../core.ts';
import type { ColdEngine } from '../../exec/cold/engine.ts';
import type { Machine } from '../machine.ts';
import { SequentialMachine } from '../sequential-machine.ts';
import type { MachineConfig, MachineHost, Script } from '../types.ts';
import { Tracer, type TraceListener } from './tracer.ts';

/** Where a run is to stop: at a core's exception of that number (EXCEPTION_COUNT), which was at about that virtual time. */
export interface Target {
  readonly core: number;
  readonly exception: bigint;
  readonly ns: number;
  readonly elr: bigint;
  readonly esr: bigint;
}

/** What pacing may overshoot by, in virtual ns, and what is traced beyond that: more where it was not enough. */
const SLICE_NS = 1_000_000;
const TRACED_NS = [200_000, 50_000_000];
const ENOUGH = 64;
/** Instructions that a repetition may take, up to where it is traced: about half a minute. */
const MOST_INSTRUCTIONS = 5e9;
/** Below this many the cold tier is done before another is worth its start. */
const FEW_INSTRUCTIONS = 1e8;
const MOST_TRACED = 20_000_000;
const TURN_MS = 1000;
/** Kept, of which the newest are shown. */
const KEPT = 256;

class Repetition extends SequentialMachine {
  private tracer: Tracer | undefined;
  private watching: TraceListener | undefined;

  protected override runLoop(engine: ColdEngine, core: Core): number {
    if (this.watching) this.tracer ??= new Tracer(engine, this.hardware.runtime, this.hardware.memory.buffer, this.watching);
    return this.tracer ? this.tracer.run(core) : engine.run(core.pointer);
  }

  /** Traces until the target is reached. Answers what it saw; `undefined` where it was missed. */
  trace(target: Target): Branch[] | undefined {
    const branches: Branch[] = [];
    let reached = false;
    const note = (core: Core, from: bigint, to: bigint, kind: Branch['kind'], spsr?: bigint): void => {
      if (core.index !== target.core) return;
      const last = branches.at(-1);
      if (last && last.from === from && last.to === to && kind === 'branch') {
        branches[branches.length - 1] = { ...last, times: last.times + 1 };
        return;
      }
      branches.push({ from, to, kind, el: core.get32('EL'), times: 1, ...(spsr === undefined ? {} : { spsr }) });
      if (branches.length > 2 * KEPT) branches.splice(0, KEPT);
    };
    const watched = this.hardware.cores[target.core] as Core;
    let level = watched.get32('EL');
    this.watching = {
      branch(core, from, to) {
        const returned = core === watched && (core.get32('IL') !== 0 || core.get32('EL') < level);
        const spsr = returned ? core.get64(`SPSR_EL${level}`) : undefined;
        if (core === watched) level = core.get32('EL');
        // An illegal return leaves the level; a legal one may keep it as well, but then nobody asks.
        note(core, from, to, 'branch', spsr);
      },
      exception: (core, from) => {
        if (core === watched) level = core.get32('EL');
        const offset = Number(core.pc & 0x180n);
        note(core, from, core.pc, offset === 0 ? 'exception' : 'interrupt');
        if (core !== watched || core.get64('EXCEPTION_COUNT') < target.exception) return false;
        reached = core.get64('CAUSE_ELR') === target.elr && core.get64('CAUSE_ESR') === target.esr;
        this.end('guest-fault');
        return true;
      },
    };
    while (this.runFor(TURN_MS) === 'busy' && (this.tracer?.instructions ?? 0) < MOST_TRACED);
    return reached ? branches.slice(-KEPT) : undefined;
  }
}

export interface Replayed {
  readonly machine: Machine;
  /** The exception itself is the last. */
  readonly branches: readonly Branch[];
}

/** Answers why not, where it cannot be done. The machine is at the moment when the exception was taken. */
export function replay(
  repetition: { config: MachineConfig; script: Script } | undefined,
  instructions: number,
  target: Target,
  runtime: Uint8Array,
  host: MachineHost,
): Replayed | string {
  if (!repetition)
    return 'the run cannot be repeated: cores had threads of their own, a drive was written, frames came in, or somebody stepped in';
  // A guest that stands still has executed more since.
  const needed = Math.min(instructions, Math.max(target.ns, 0) * repetition.config.cpus);
  if (needed > MOST_INSTRUCTIONS) return 'the run was too long to be repeated';
  for (const tracedNs of TRACED_NS) {
    const startNs = target.ns - SLICE_NS - tracedNs;
    const replayed = attempt(repetition, needed, target, startNs, runtime, host);
    if (!replayed) return 'the run went another way when it was repeated';
    // A core that mostly waits has few branches in a while.
    if (replayed.branches.length >= ENOUGH || startNs <= 0 || tracedNs === TRACED_NS.at(-1)) return replayed;
  }
  return 'the run was not traced';
}

function attempt(
  { config, script }: { config: MachineConfig; script: Script },
  instructions: number,
  target: Target,
  startNs: number,
  runtime: Uint8Array,
  host: MachineHost,
): Replayed | undefined {
  // Nothing is translated beside this thread: it waits anyway.
  const { startTranslator: _, ...plain } = host;
  const { profile: _profile, ...rest } = config;
  const exec = instructions < FEW_INSTRUCTIONS ? 'cold' : config.exec;
  const machine = new Repetition({ ...rest, exec }, script, runtime, plain, { onConsole() {}, onDriveWrite() {} });
  if (startNs > 0) while (machine.runFor(TURN_MS, { untilNs: startNs }) === 'busy');
  const branches = machine.outcome === undefined ? machine.trace(target) : undefined;
  return branches && { machine, branches };
}
