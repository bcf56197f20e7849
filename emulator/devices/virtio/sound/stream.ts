import type { Clock, DeviceState, Timer } from '../../device.ts';
import type { Chain } from '../chain.ts';
import type { Queue } from '../device.ts';
import type { StreamAbilities } from './items.ts';
import { frameBytes, PCM_F_EVT_XRUNS, status, words, type FrameFormat } from './protocol.ts';

/** Where frames go to, or come from. */
export interface StreamEnd {
  /** Of an output: frames were played. The bytes are the receiver's to keep. */
  played?(bytes: Uint8Array, format: FrameFormat): void;
  /** Of an input: that many bytes, as much as there is; what is missing is silence. */
  record?(count: number): Uint8Array;
  /** A running stream had nothing to play, or no room for what it recorded. */
  xrun(): void;
}

/** A buffer of the driver's that is being played or filled. */
interface Message {
  [name: string]: number | Uint8Array;
  head: number;
  /** What has yet to be played; of an input nothing. */
  bytes: Uint8Array;
  /** Frames that it lasts, and those that are over. */
  frames: number;
  over: number;
}

const HEADER_BYTES = 4;
const STATUS_BYTES = 8;
/** More than any period: it could be a thousand times the RAM. */
const MAX_MESSAGE = 1 << 20;

/** Where a stream is in its life (§5.14.6.6.1). */
type Phase = 'unset' | 'set' | 'prepared' | 'running' | 'stopped';
const moves: Readonly<Record<'set' | 'prepare' | 'release' | 'start' | 'stop', { from: readonly Phase[]; to: Phase }>> = {
  set: { from: ['unset', 'set', 'prepared'], to: 'set' },
  prepare: { from: ['set', 'prepared'], to: 'prepared' },
  start: { from: ['prepared', 'stopped'], to: 'running' },
  stop: { from: ['running'], to: 'stopped' },
  release: { from: ['prepared', 'stopped'], to: 'set' },
};

/** A stream: plays or fills a buffer after the other, at its rate in virtual time. What is not its turn yet stays in the driver's queue. */
export class Stream {
  readonly id: number;
  readonly abilities: StreamAbilities;
  private readonly clock: Clock;
  private readonly end: StreamEnd;
  private phase: Phase = 'unset';
  private format: FrameFormat = { sample: 's16', channels: 2, rate: 48_000 };
  private features = 0;
  private periodFrames = 1;
  private message: Message | undefined;
  /** Frames have gone on without a gap since this time. */
  private originNs = 0;
  private framesSince = 0;
  /** The buffers have run out. */
  private isDry = false;
  private timer: Timer | undefined;
  private queue: Queue | undefined;

  constructor(id: number, abilities: StreamAbilities, clock: Clock, end: StreamEnd) {
    this.id = id;
    this.abilities = abilities;
    this.clock = clock;
    this.end = end;
  }

  get isOutput(): boolean {
    return this.abilities.direction === 0;
  }

  attach(queue: Queue): void {
    this.queue = queue;
  }

  reset(): void {
    this.timer?.cancel();
    Object.assign(this, { phase: 'unset', message: undefined, timer: undefined, isDry: false, features: 0 });
    Object.assign(this, { format: { sample: 's16', channels: 2, rate: 48_000 }, periodFrames: 1, originNs: 0, framesSince: 0 });
  }

  /** The answer to SET_PARAMS; formats and rates are undefined where no such one is known. */
  setParameters(asked: { bytes: number; period: number; features: number; format: Partial<FrameFormat> }): number {
    const { bytes, period, features } = asked;
    const { sample, rate, channels = 0 } = asked.format;
    if (!moves.set.from.includes(this.phase) || period === 0 || bytes % period !== 0) return status.BAD_MSG;
    const { abilities } = this;
    if (sample === undefined || rate === undefined || (features & ~PCM_F_EVT_XRUNS) !== 0) return status.NOT_SUPP;
    if (!abilities.formats.includes(sample) || !abilities.rates.includes(rate)) return status.NOT_SUPP;
    if (channels < abilities.channels.min || channels > abilities.channels.max) return status.NOT_SUPP;
    this.format = { sample, rate, channels };
    this.features = features;
    this.periodFrames = Math.max(1, Math.floor(period / frameBytes(this.format)));
    this.phase = 'set';
    return status.OK;
  }

  /** The answer to any other request of its life. */
  go(what: 'prepare' | 'release' | 'start' | 'stop'): number {
    if (!moves[what].from.includes(this.phase)) return status.BAD_MSG;
    this.phase = moves[what].to;
    if (what === 'start') this.begin();
    if (what === 'stop') this.halt();
    if (what === 'release') this.flush();
    return status.OK;
  }

  /** The driver gave a buffer. When none is under way, it begins now. */
  advance(): void {
    if (this.phase === 'running' && !this.message) this.take(true);
  }

  save(): DeviceState {
    const { phase, format, features, periodFrames, message, originNs, framesSince, isDry } = this;
    const held = message ? { ...message, bytes: message.bytes.slice() } : null;
    const isWaiting = this.timer !== undefined;
    return { phase, format: { ...format }, features, periodFrames, message: held, originNs, framesSince, isDry, isWaiting };
  }

  restore(state: DeviceState): void {
    const { message, isWaiting, format, ...rest } = state;
    this.timer?.cancel();
    this.timer = undefined;
    Object.assign(this, rest, { format: { ...(format as object) } });
    this.message = message === null ? undefined : { ...(message as Message) };
    if (isWaiting) this.schedule();
  }

  /** The next buffer begins: where the one before ended, or after a gap. */
  private take(afterGap: boolean): void {
    const { queue } = this;
    const chain = queue?.take();
    const message = queue && chain && this.accept(queue, chain);
    if (!message) return;
    if (afterGap) this.restartTime();
    this.isDry = false;
    this.message = message;
    this.wait(message.frames);
  }

  private restartTime(): void {
    this.originNs = this.clock.nowNs();
    this.framesSince = 0;
  }

  private begin(): void {
    this.restartTime();
    const { message } = this;
    // What was stopped goes on where it was.
    if (message) this.wait(message.frames - message.over);
    else this.take(false);
    this.watch();
  }

  /** Takes a buffer from the driver; one that is not as it should be goes back at once. */
  private accept(queue: Queue, chain: Chain): Message | undefined {
    const { readable, writable, head } = chain;
    const isWhole = readable >= HEADER_BYTES && writable >= STATUS_BYTES;
    if (!isWhole) return void queue.fail();
    const length = this.isOutput ? readable - HEADER_BYTES : writable - STATUS_BYTES;
    const header = new DataView(new ArrayBuffer(HEADER_BYTES));
    if (!chain.read(0, new Uint8Array(header.buffer))) return void queue.fail();
    const isGood = length <= MAX_MESSAGE && header.getUint32(0, true) === this.id;
    const bytes = new Uint8Array(this.isOutput && isGood ? length : 0);
    const answer = words(isGood ? status.OK : status.IO_ERR, 0);
    const recorded = this.isOutput || !isGood ? bytes : this.recorded(length);
    const isInRam =
      chain.read(HEADER_BYTES, bytes) &&
      chain.write(0, this.isOutput ? bytes.subarray(0, 0) : recorded) &&
      chain.write(writable - STATUS_BYTES, answer);
    if (!isInRam) return void queue.fail();
    const frames = isGood ? Math.max(1, Math.floor(length / frameBytes(this.format))) : 1;
    return { head, bytes, frames, over: 0 };
  }

  /** What a microphone hears: the recording, then silence. */
  private recorded(length: number): Uint8Array {
    const bytes = new Uint8Array(length).fill(this.format.sample === 'u8' ? 0x80 : 0);
    bytes.set(this.end.record?.(length) ?? new Uint8Array());
    return bytes;
  }

  private wait(frames: number): void {
    this.framesSince += frames;
    this.schedule();
  }

  private schedule(): void {
    this.timer?.cancel();
    const atNs = this.originNs + Math.ceil((this.framesSince * 1e9) / this.format.rate);
    this.timer = this.clock.at(atNs, () => {
      this.timer = undefined;
      this.elapsed();
    });
  }

  /** A buffer is over, or a period in which there was none. */
  private elapsed(): void {
    const { message } = this;
    if (message) {
      this.message = undefined;
      this.finish(message, message.frames);
      this.take(false);
      return this.watch();
    }
    if (this.isDry) return;
    this.isDry = true;
    if (this.features & PCM_F_EVT_XRUNS) this.end.xrun();
  }

  /** A running stream without a buffer has a period's time to get one. */
  private watch(): void {
    if (this.phase === 'running' && !this.message && !this.isDry) this.wait(this.periodFrames);
  }

  /** Frames of a message up to that one have been played. */
  private play(message: Message, frames: number): void {
    const size = frameBytes(this.format);
    const count = frames === message.frames ? message.bytes.length : (frames - message.over) * size;
    if (this.isOutput && count > 0) this.end.played?.(message.bytes.slice(0, count), this.format);
    message.bytes = message.bytes.subarray(count);
    message.over = frames;
  }

  private finish(message: Message, frames: number): void {
    this.play(message, frames);
    const recorded = this.isOutput ? 0 : frames * frameBytes(this.format);
    this.queue?.complete(message, STATUS_BYTES + recorded, 0);
  }

  /** Stops within a buffer. */
  private halt(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.isDry = false;
    const { message, format } = this;
    if (!message) return;
    const leftNs = this.originNs + Math.ceil((this.framesSince * 1e9) / format.rate) - this.clock.nowNs();
    const left = Math.min(message.frames - message.over, Math.max(0, Math.ceil((leftNs * format.rate) / 1e9)));
    this.play(message, message.frames - left);
  }

  /** All buffers go back (§5.14.6.6.5). */
  private flush(): void {
    const { queue, message } = this;
    this.message = undefined;
    if (!queue) return;
    if (message) queue.complete(message, STATUS_BYTES, 0);
    const chains: Chain[] = [];
    for (let chain = queue.take(); chain; chain = queue.take()) chains.push(chain);
    for (const chain of chains) {
      if (chain.writable < STATUS_BYTES || !chain.write(chain.writable - STATUS_BYTES, words(status.OK, 0))) return queue.fail();
      queue.complete(chain, STATUS_BYTES, 0);
    }
  }
}
