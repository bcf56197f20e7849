/** A debugger who never lets go: sets and clears breakpoints and watchpoints, steps and interrupts, at random, until the run is over. */
import type { Watchpoint } from '../../../emulator/debug/target.ts';
import type { Machine } from '../../../emulator/machine/machine.ts';
import type { RunResult } from '../../../emulator/machine/types.ts';

export interface Places {
  /** Ranges of addresses with code, and with data. */
  readonly code: readonly (readonly [first: number, bytes: number])[];
  readonly data: readonly (readonly [first: number, bytes: number])[];
}

export interface Meddled {
  readonly result: RunResult;
  /** Stops by kind. */
  readonly stops: Readonly<Record<string, number>>;
}

/** Stops after which only turns are cut short, so that the run ends. */
const MOST_STOPS = 200;

/** Runs to the end. `pick` is a source of random numbers from 0 on, below its argument. */
export function meddle(machine: Machine, pick: (below: number) => number, { code, data }: Places): Meddled {
  const debug = machine.debugger()!;
  const stops: Record<string, number> = { breakpoint: 0, watchpoint: 0, step: 0, interrupt: 0 };
  const breakpoints: bigint[] = [];
  const watchpoints: Watchpoint[] = [];
  const within = (ranges: Places['code'], unit: number): bigint => {
    const [first, bytes] = ranges[pick(ranges.length)]!;
    return BigInt(first + pick(bytes / unit) * unit);
  };
  const change = (): void => {
    if (pick(3) === 0 || breakpoints.length < 4) {
      const address = within(code, 4);
      debug.setBreakpoint(address);
      breakpoints.push(address);
    }
    if (pick(4) === 0 || breakpoints.length > 12) debug.clearBreakpoint(breakpoints.splice(pick(breakpoints.length), 1)[0]!);
    if (pick(8) === 0 && watchpoints.length < 4) {
      const access = (['read', 'write', 'access'] as const)[pick(3)]!;
      const watchpoint = { address: within(data, 1), length: 1 + pick(16), access };
      if (debug.setWatchpoint(watchpoint)) watchpoints.push(watchpoint);
    }
    if (pick(6) === 0 && watchpoints.length > 0) debug.clearWatchpoint(watchpoints.splice(pick(watchpoints.length), 1)[0]!);
  };
  const goOn = (): void => {
    const core = pick(debug.cores.length);
    const { pc } = debug.cores[core]!;
    const kind = pick(6);
    if (kind < 3) debug.resume();
    else if (kind < 5) debug.resume({ core });
    else debug.resume({ core, range: { start: pc - 16n, end: pc + 32n } });
  };
  debug.halt({ kind: 'interrupt' });
  let count = 0;
  for (let state: string = 'halted'; state !== 'ended';) {
    if (state === 'idle') throw new Error('the guest waits for nothing');
    if (state === 'busy' && pick(4) === 0) debug.halt({ kind: 'interrupt' });
    const { stop } = debug;
    if (stop) {
      stops[stop.reason.kind]!++;
      if (count++ > MOST_STOPS) debug.clearAll();
      else change();
      if (count > MOST_STOPS) debug.resume();
      else goOn();
    }
    state = machine.runFor(count > MOST_STOPS ? 1000 : pick(3));
  }
  return { result: machine.result(0), stops };
}
