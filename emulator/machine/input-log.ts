import type { InputRecord } from './types.ts';

/** What input reaches. */
export interface InputSinks {
  type(bytes: Uint8Array): void;
  pressPowerKey(): void;
}

export type Input = Omit<InputRecord, 'atNs'>;

/**
 * All that comes from outside, in one log: it enters between slices, with the virtual time of its entry, so that a replay of the log enters it at
 * the same points.
 */
export class InputLog {
  /** What has entered. */
  readonly records: InputRecord[] = [];
  private readonly pending: Input[] = [];
  /** What a replay has yet to enter. Not events: they would not outlive a reset. */
  private readonly replay: InputRecord[];
  private readonly sinks: InputSinks;

  constructor(replay: readonly InputRecord[], sinks: InputSinks) {
    this.replay = [...replay];
    this.sinks = sinks;
  }

  /** Takes input that enters with the next slice. */
  add(input: Input): void {
    this.pending.push(input);
  }

  /** When the next record of a replay is due; Infinity when none is left. */
  get nextNs(): number {
    return this.replay[0]?.atNs ?? Infinity;
  }

  /** Enters what is due. */
  enter(nowNs: number): void {
    while (this.nextNs <= nowNs) this.one(nowNs, this.replay.shift() as InputRecord);
    for (const input of this.pending.splice(0)) this.one(nowNs, input);
  }

  private one(atNs: number, { bytes, key }: Input): void {
    this.records.push({ atNs, bytes, ...(key ? { key } : {}) });
    if (key) this.sinks.pressPowerKey();
    else this.sinks.type(bytes);
  }
}
