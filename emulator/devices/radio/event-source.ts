import type { Clock, Timer } from '../device.ts';
import { addDuration, copyOfStatistics, noEvents, type EventStatistics } from './statistics.ts';

/** `ns / parts` is the time from an event to the next, in virtual ns, exact. */
export interface Period {
  readonly ns: number;
  readonly parts: number;
}

/** All that is known of a source, as snapshots have it. */
export type EventSourceState = {
  isRunning: boolean;
  startNs: number;
  /** Of the last event, and which of its answers are still open. */
  eventNs: number;
  isAccepted: boolean;
  isDone: boolean;
  /** After the event; 0: the next event. */
  deadlineNs: number;
  statistics: EventStatistics;
};

/** Events at exact multiples of a period, and how they are answered. */
export class EventSource {
  private state = powerOn();
  private timer: Timer | undefined;
  private readonly clock: Clock;
  private readonly period: Period;
  private readonly hasAll: () => boolean;
  private readonly onEvent: () => void;

  /** `hasAll`: whether the guest has given the radio what it needs of it by the next event. */
  constructor(clock: Clock, period: Period, hasAll: () => boolean, onEvent: () => void) {
    this.clock = clock;
    this.period = period;
    this.hasAll = hasAll;
    this.onEvent = onEvent;
  }

  get periodNs(): number {
    return Math.floor(this.period.ns / this.period.parts);
  }

  get isRunning(): boolean {
    return this.state.isRunning;
  }

  get lastEventNs(): number {
    return this.state.eventNs;
  }

  get statistics(): EventStatistics {
    return this.state.statistics;
  }

  get deadlineNs(): number {
    return this.state.deadlineNs;
  }

  set deadlineNs(ns: number) {
    this.state.deadlineNs = ns;
  }

  start(): void {
    this.become({ ...powerOn(), isRunning: true, startNs: this.clock.nowNs(), deadlineNs: this.deadlineNs });
  }

  stop(): void {
    this.state.isRunning = false;
    this.schedule();
  }

  /** What is due happens now: before an access that might see it, whatever the clock has called so far. */
  catchUp(): void {
    const { state } = this;
    if (!state.isRunning) return;
    for (let due = this.nextNs(); due <= this.clock.nowNs(); due = this.nextNs()) {
      if (state.statistics.events > 0 && !(state.isDone && this.hasAll())) state.statistics.missed++;
      state.statistics.events++;
      state.eventNs = due;
      state.isAccepted = state.isDone = false;
      this.onEvent();
    }
  }

  /** False where there is no such event to answer. */
  accept(number: number): boolean {
    const { state } = this;
    if (!this.isOpen(number) || state.isAccepted || state.isDone) return this.stray();
    state.isAccepted = true;
    addDuration(state.statistics.release, this.sinceEventNs());
    return true;
  }

  complete(number: number): boolean {
    const { state } = this;
    if (!this.isOpen(number) || state.isDone) return this.stray();
    state.isDone = true;
    const ns = this.sinceEventNs();
    state.statistics.completed++;
    if (state.deadlineNs > 0 && ns > state.deadlineNs) state.statistics.late++;
    addDuration(state.statistics.response, ns);
    return true;
  }

  private stray(): false {
    this.state.statistics.stray++;
    return false;
  }

  reset(): void {
    this.become(powerOn());
  }

  save(): EventSourceState {
    return copyOf(this.state);
  }

  restore(state: EventSourceState): void {
    this.become(copyOf(state));
  }

  private isOpen(number: number): boolean {
    const { events } = this.state.statistics;
    return events > 0 && events % 2 ** 32 === number;
  }

  private sinceEventNs(): number {
    return this.clock.nowNs() - this.state.eventNs;
  }

  /** Whole groups of `parts` events, and the rest: no product is beyond what a number holds exactly. */
  private nextNs(): number {
    const { ns, parts } = this.period;
    const next = this.state.statistics.events + 1;
    return this.state.startNs + Math.floor(next / parts) * ns + Math.floor(((next % parts) * ns) / parts);
  }

  private become(state: EventSourceState): void {
    this.state = state;
    this.schedule();
  }

  private schedule(): void {
    this.timer?.cancel();
    this.timer = undefined;
    if (!this.state.isRunning) return;
    this.timer = this.clock.at(this.nextNs(), () => {
      this.catchUp();
      this.schedule();
    });
  }
}

const copyOf = (state: EventSourceState): EventSourceState => ({ ...state, statistics: copyOfStatistics(state.statistics) });

function powerOn(): EventSourceState {
  return {
    ...{ isRunning: false, startNs: 0, eventNs: 0, isAccepted: false, isDone: false, deadlineNs: 0 },
    statistics: noEvents(),
  };
}
