import type { Clock, DeviceState, DeviceValue, Dma, Timer } from '../device.ts';
import type { Queue, VirtioDevice } from './device.ts';
import { SplitRing, type RingState } from './split-ring.ts';

export interface VirtioCoreOptions {
  clock: Clock;
  dma: Dma;
  device: VirtioDevice | undefined;
  /** Whether the driver sees it as before version 1.0 (§7.4): other features, and no FEATURES_OK. */
  isLegacy(): boolean;
  /** Reasons of interrupts came up or went away. */
  onInterrupts(pending: boolean): void;
  /** The driver is to hear of a queue, or (undefined) of the configuration: for transports that tell those apart. */
  onEvent?(queue: number | undefined): void;
}

/** Bits of the device's status (§2.1). */
export const status = { DRIVER_OK: 4, FEATURES_OK: 8, NEEDS_RESET: 64 } as const;
const USED_BUFFER = 1;
const CONFIG_CHANGE = 2;

const F_ANY_LAYOUT = 1n << 27n;
const F_INDIRECT_DESC = 1n << 28n;
const F_EVENT_IDX = 1n << 29n;
export const F_VERSION_1 = 1n << 32n;

const powerOn = { driverFeatures: 0n, status: 0, interrupts: 0, generation: 0 };

/** A request that is done, and whose driver hears of it later. */
interface Completion {
  [name: string]: number;
  atNs: number;
  queue: number;
  head: number;
  written: number;
}

/** What every transport does alike (virtio 1.2 chapters 2 and 3): status, features, queues, completions. A transport adds registers. */
export class VirtioCore {
  readonly device: VirtioDevice | undefined;
  readonly rings: readonly SplitRing[];
  readonly state = { ...powerOn };
  private readonly options: VirtioCoreOptions;
  private readonly queues: readonly Queue[];
  private readonly completions = new Map<Completion, Timer>();

  constructor(options: VirtioCoreOptions) {
    const { dma, device } = options;
    this.options = options;
    this.device = device;
    this.rings = (device?.queueSizes ?? []).map((size) => new SplitRing(dma, size));
    this.queues = this.rings.map((ring, index) => this.queueOf(ring, index));
    const { state } = this;
    const isReady = () => this.isDriverReady;
    device?.attach?.({
      get features() {
        return state.driverFeatures;
      },
      get isDriverReady() {
        return isReady();
      },
      queue: (index) => this.queues[index] as Queue,
      configChanged: () => this.configChanged(),
    });
  }

  /** What is offered. */
  get features(): bigint {
    if (!this.device) return 0n;
    return this.device.features | F_INDIRECT_DESC | F_EVENT_IDX | (this.options.isLegacy() ? F_ANY_LAYOUT : F_VERSION_1);
  }

  /** The driver made buffers available. */
  notify(index: number): void {
    const ring = this.rings[index];
    if (ring && this.isLive(ring)) this.device?.notify(this.queues[index] as Queue, index);
  }

  acknowledge(interrupts: number): void {
    this.state.interrupts &= ~interrupts;
    this.options.onInterrupts(this.state.interrupts !== 0);
  }

  /** A word of the features that the driver takes. */
  setDriverFeatures(index: number, bits: number): void {
    if (index <= 1 && !this.has(status.FEATURES_OK)) {
      this.state.driverFeatures = withWord(this.state.driverFeatures, index, bits);
    }
  }

  setStatus(value: number): void {
    if (value === 0) return this.reset();
    const { driverFeatures } = this.state;
    const acceptable = (driverFeatures & ~this.features) === 0n && (driverFeatures & F_VERSION_1) !== 0n;
    let taken = value;
    if (this.options.isLegacy()) {
      // Nobody asks whether the choice was taken: what was not offered is not there.
      if (value & status.DRIVER_OK) this.state.driverFeatures &= this.features;
      // §3.1.1: the driver reads back whether its choice of features was taken.
    } else if (!this.has(status.FEATURES_OK) && !acceptable) taken &= ~status.FEATURES_OK;
    this.state.status = (this.state.status & status.NEEDS_RESET) | (taken & ~status.NEEDS_RESET);
  }

  /** The driver says that a queue is set up, or is not to be used. */
  setReady(ring: SplitRing, ready: number): void {
    if (ring.state.ready === ready) return;
    if (ready && !ring.isSound()) return this.fail();
    Object.assign(ring.state, { ready, taken: 0, returned: 0 });
  }

  /** The configuration space of the device. */
  readConfig(offset: number, size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value += (this.device?.config[offset + i] ?? 0) * 2 ** (8 * i);
    return value;
  }

  writeConfig(offset: number, size: number, value: number): void {
    const legacy = this.options.isLegacy();
    for (let i = 0; i < size; i++) this.device?.writeConfig?.(offset + i, (value >>> (8 * i)) & 0xff, legacy);
  }

  reset(): void {
    Object.assign(this.state, powerOn);
    this.cancelCompletions();
    for (const ring of this.rings) ring.reset();
    this.device?.reset();
    this.options.onInterrupts(false);
  }

  save(): DeviceState {
    const list: DeviceValue[] = [...this.completions.keys()].map((completion) => ({ ...completion }));
    const rings = this.rings.map((ring) => ({ ...ring.state }));
    return { ...this.state, rings, completions: list, device: this.device?.save() ?? null };
  }

  restore(saved: DeviceState): void {
    const { rings, completions, device, ...values } = saved;
    for (const name of Object.keys(powerOn)) Object.assign(this.state, { [name]: values[name] });
    (rings as RingState[]).forEach((values, i) => Object.assign(this.rings[i]!.state, values));
    this.cancelCompletions();
    for (const completion of completions as Completion[]) this.schedule({ ...completion });
    this.device?.restore(device as DeviceState);
    this.options.onInterrupts(this.state.interrupts !== 0);
  }

  private has(bit: number): boolean {
    return (this.state.status & bit) !== 0;
  }

  private get isDriverReady(): boolean {
    return this.has(status.DRIVER_OK) && !this.has(status.NEEDS_RESET);
  }

  private isLive(ring: SplitRing): boolean {
    return ring.state.ready === 1 && this.isDriverReady;
  }

  private get eventIndex(): boolean {
    return (this.state.driverFeatures & F_EVENT_IDX) !== 0n;
  }

  private interrupt(why: number, queue?: number): void {
    this.state.interrupts |= why;
    this.options.onEvent?.(queue);
    this.options.onInterrupts(true);
  }

  private configChanged(): void {
    this.state.generation = (this.state.generation + 1) & 0xff;
    if (this.has(status.DRIVER_OK)) this.interrupt(CONFIG_CHANGE);
  }

  private fail(): void {
    if (this.has(status.NEEDS_RESET)) return;
    this.state.status |= status.NEEDS_RESET;
    if (this.has(status.DRIVER_OK)) this.interrupt(CONFIG_CHANGE);
  }

  private queueOf(ring: SplitRing, index: number): Queue {
    return {
      fail: () => this.fail(),
      take: () => {
        const chain = this.isLive(ring) ? ring.take(this.eventIndex) : 'empty';
        if (chain === 'broken') this.fail();
        return typeof chain === 'string' ? undefined : chain;
      },
      putBack: (count) => ring.putBack(count),
      complete: (chain, written, delayNs) => {
        const completion = { atNs: this.options.clock.nowNs() + delayNs, queue: index, head: chain.head, written };
        if (delayNs > 0) this.schedule(completion);
        else this.finish(completion);
      },
    };
  }

  private schedule(completion: Completion): void {
    const timer = this.options.clock.at(completion.atNs, () => {
      this.completions.delete(completion);
      this.finish(completion);
    });
    this.completions.set(completion, timer);
  }

  private finish({ queue, head, written }: Completion): void {
    const ring = this.rings[queue]!;
    if (!this.isLive(ring)) return;
    const wanted = ring.giveBack(head, written, this.eventIndex);
    if (wanted === 'broken') this.fail();
    else if (wanted) this.interrupt(USED_BUFFER, queue);
  }

  private cancelCompletions(): void {
    for (const timer of this.completions.values()) timer.cancel();
    this.completions.clear();
  }
}

/** 32 bits of features. */
export function word(value: bigint, index: number): number {
  return index > 1 ? 0 : Number(BigInt.asUintN(32, value >> BigInt(32 * index)));
}

function withWord(value: bigint, index: number, bits: number): bigint {
  const shift = BigInt(32 * index);
  return (value & ~(0xffff_ffffn << shift)) | (BigInt(bits) << shift);
}
