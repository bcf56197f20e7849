import type { HidAction } from '../base/hid.ts';
import type { HidReport } from './hid/router.ts';
import type { CellCommand, InputRecord, PortChange, ScreenSize } from './types.ts';

/** What input reaches. */
export interface InputSinks {
  type(stream: number, bytes: Uint8Array): void;
  changePort(stream: number, change: PortChange): void;
  pressPowerKey(): void;
  receive(nic: number, frame: Uint8Array): void;
  setLink(nic: number, up: boolean): void;
  resizeScreen(size: ScreenSize): void;
  report(hid: HidReport): void;
  giveScreen(cell: number): void;
  /** What comes of hands at this moment. */
  resolve(action: HidAction): Input | undefined;
  commandCell(command: CellCommand): void;
}

export type Input = Omit<InputRecord, 'atNs'>;
/** What hands will do: which device that reaches turns out when it enters. */
export interface Hands {
  readonly hands: readonly HidAction[];
}

/**
 * All that comes from outside, in one log: it enters between slices, with the virtual time of its entry. A slice never ends because of it, so
 * the slices of a replay begin at the same times, and each record finds its own.
 */
export class InputLog {
  /** What has entered. */
  readonly records: InputRecord[] = [];
  /** By time, and of one time in the order in which it came. */
  private readonly pending: { readonly dueNs: number; readonly input: Input | Hands }[] = [];
  /** What a replay has yet to enter. Not events: they would not outlive a reset. */
  private readonly replay: InputRecord[];
  private replayed = 0;
  private readonly sinks: InputSinks;
  private readonly keepsFrames: boolean;

  /** Frames may be many: with `keepsFrames` alone they are in the log. */
  constructor(replay: readonly InputRecord[], keepsFrames: boolean, sinks: InputSinks) {
    this.keepsFrames = keepsFrames;
    this.replay = [...replay];
    this.sinks = sinks;
  }

  /** Takes input that enters with the next slice, or the first one from a virtual time on. */
  add(input: Input | Hands, dueNs = 0): void {
    let index = this.pending.length;
    while (index > 0 && this.pending[index - 1]!.dueNs > dueNs) index--;
    this.pending.splice(index, 0, { dueNs, input });
  }

  /** When something is due next; Infinity when nothing is left. */
  get nextNs(): number {
    return Math.min(this.replay[this.replayed]?.atNs ?? Infinity, this.pending[0]?.dueNs ?? Infinity);
  }

  /** Enters what is due. */
  enter(nowNs: number): void {
    for (let record = this.replay[this.replayed]; record && record.atNs <= nowNs; record = this.replay[++this.replayed]) {
      this.one(nowNs, record);
    }
    let due = 0;
    while (due < this.pending.length && this.pending[due]!.dueNs <= nowNs) due++;
    if (due > 0) for (const { input } of this.pending.splice(0, due)) this.enterOne(nowNs, input);
  }

  private enterOne(nowNs: number, input: Input | Hands): void {
    if (!('hands' in input)) return this.one(nowNs, input);
    for (const action of input.hands) {
      const resolved = this.sinks.resolve(action);
      if (resolved) this.one(nowNs, resolved);
    }
  }

  private one(atNs: number, input: Input): void {
    const { bytes, key, nic, link, size, hid, foreground, cell, stream = 0, port } = input;
    const isFrame = nic !== undefined && link === undefined;
    if (!isFrame || this.keepsFrames) this.records.push({ ...input, atNs });
    if (size) this.sinks.resizeScreen(size);
    else if (hid) this.sinks.report(hid);
    else if (foreground !== undefined) this.sinks.giveScreen(foreground);
    else if (cell) this.sinks.commandCell(cell);
    else if (key) this.sinks.pressPowerKey();
    else if (port) this.sinks.changePort(stream, port);
    else if (nic === undefined) this.sinks.type(stream, bytes);
    else if (link === undefined) this.sinks.receive(nic, bytes);
    else this.sinks.setLink(nic, link);
  }
}
