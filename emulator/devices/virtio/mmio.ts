import type { Clock, Device, DeviceState, DeviceValue, Dma, Line, Timer } from '../device.ts';
import type { Chain } from './chain.ts';
import type { Queue, VirtioDevice } from './device.ts';
import { SplitRing, type RingState } from './split-ring.ts';

/**
 * The transport virtio-mmio, version 2 (virtio 1.2 §4.2): QEMU's with `force-legacy=false`. Without a device it is a free slot, which
 * drivers leave alone.
 */
export interface VirtioMmioOptions {
  irq: Line;
  clock: Clock;
  dma: Dma;
  device?: VirtioDevice | undefined;
}

const MAGIC = 0x7472_6976;
const VERSION = 2;
/** `QEMU`, for drivers that know it. */
const VENDOR = 0x554d_4551;

/** Registers (§4.2.2); all are 32 bits wide, but for the configuration space. */
const reg = {
  MAGIC: 0x000,
  VERSION: 0x004,
  DEVICE_ID: 0x008,
  VENDOR_ID: 0x00c,
  DEVICE_FEATURES: 0x010,
  DEVICE_FEATURES_SEL: 0x014,
  DRIVER_FEATURES: 0x020,
  DRIVER_FEATURES_SEL: 0x024,
  QUEUE_SEL: 0x030,
  QUEUE_NUM_MAX: 0x034,
  QUEUE_NUM: 0x038,
  QUEUE_READY: 0x044,
  QUEUE_NOTIFY: 0x050,
  INTERRUPT_STATUS: 0x060,
  INTERRUPT_ACK: 0x064,
  STATUS: 0x070,
  SHM_FIRST: 0x0b0,
  SHM_LAST: 0x0bc,
  CONFIG_GENERATION: 0x0fc,
  CONFIG: 0x100,
} as const;

/** Registers that hold part of the selected queue's addresses. */
const queueAddresses: Record<number, keyof RingState> = {
  0x080: 'descLow',
  0x084: 'descHigh',
  0x090: 'driverLow',
  0x094: 'driverHigh',
  0x0a0: 'deviceLow',
  0x0a4: 'deviceHigh',
};

const STATUS_DRIVER_OK = 4;
const STATUS_FEATURES_OK = 8;
const STATUS_NEEDS_RESET = 64;
const INTERRUPT_USED_BUFFER = 1;
const INTERRUPT_CONFIG_CHANGE = 2;
const F_INDIRECT_DESC = 1n << 28n;
const F_EVENT_IDX = 1n << 29n;
const F_VERSION_1 = 1n << 32n;

const powerOn = { deviceFeaturesSel: 0, driverFeaturesSel: 0, driverFeatures: 0n, queueSel: 0, status: 0, interrupts: 0 };

/** A request that is done, and whose driver hears of it later. */
interface Completion {
  [name: string]: number;
  atNs: number;
  queue: number;
  head: number;
  written: number;
}

export function createVirtioMmio({ irq, clock, dma, device }: VirtioMmioOptions): Device {
  const features = device ? device.features | F_INDIRECT_DESC | F_EVENT_IDX | F_VERSION_1 : 0n;
  const rings = (device?.queueSizes ?? []).map((size) => new SplitRing(dma, size));
  const queues = rings.map(queueOf);
  let state = { ...powerOn };
  const completions = new Map<Completion, Timer>();

  const update = () => irq.set(state.interrupts !== 0);
  const interrupt = (why: number) => {
    state.interrupts |= why;
    update();
  };
  const has = (status: number) => (state.status & status) !== 0;
  const isLive = (ring: SplitRing) => ring.state.ready === 1 && has(STATUS_DRIVER_OK) && !has(STATUS_NEEDS_RESET);
  const eventIndex = () => (state.driverFeatures & F_EVENT_IDX) !== 0n;

  function fail() {
    if (has(STATUS_NEEDS_RESET)) return;
    state.status |= STATUS_NEEDS_RESET;
    if (has(STATUS_DRIVER_OK)) interrupt(INTERRUPT_CONFIG_CHANGE);
  }

  function queueOf(ring: SplitRing, index: number): Queue {
    return {
      fail,
      take() {
        const chain = isLive(ring) ? ring.take(eventIndex()) : 'empty';
        if (chain === 'broken') fail();
        return typeof chain === 'string' ? undefined : chain;
      },
      complete(chain: Chain, written, delayNs) {
        const completion = { atNs: clock.nowNs() + delayNs, queue: index, head: chain.head, written };
        if (delayNs > 0) schedule(completion);
        else finish(completion);
      },
    };
  }

  function schedule(completion: Completion) {
    const timer = clock.at(completion.atNs, () => {
      completions.delete(completion);
      finish(completion);
    });
    completions.set(completion, timer);
  }

  function finish({ queue, head, written }: Completion) {
    const ring = rings[queue]!;
    if (!isLive(ring)) return;
    const wanted = ring.giveBack(head, written, eventIndex());
    if (wanted === 'broken') fail();
    else if (wanted) interrupt(INTERRUPT_USED_BUFFER);
  }

  function cancelCompletions() {
    for (const timer of completions.values()) timer.cancel();
    completions.clear();
  }

  function reset() {
    state = { ...powerOn };
    cancelCompletions();
    for (const ring of rings) ring.reset();
    device?.reset();
    update();
  }

  function readConfig(offset: number, size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value += (device?.config[offset + i] ?? 0) * 2 ** (8 * i);
    return value;
  }

  function readRegister(offset: number): number {
    const ring = rings[state.queueSel];
    switch (offset) {
      case reg.MAGIC:
        return MAGIC;
      case reg.VERSION:
        return VERSION;
      case reg.DEVICE_ID:
        return device?.id ?? 0;
      case reg.VENDOR_ID:
        return VENDOR;
      case reg.DEVICE_FEATURES:
        return state.deviceFeaturesSel > 1 ? 0 : word(features, state.deviceFeaturesSel);
      case reg.QUEUE_NUM_MAX:
        return ring?.maxSize ?? 0;
      case reg.QUEUE_READY:
        return ring?.state.ready ?? 0;
      case reg.INTERRUPT_STATUS:
        return state.interrupts;
      case reg.STATUS:
        return state.status;
      default:
        // No shared memory regions: length and base are all ones (§4.2.2).
        return device && offset >= reg.SHM_FIRST && offset <= reg.SHM_LAST ? 0xffff_ffff : 0;
    }
  }

  function writeRegister(offset: number, value: number) {
    const ring = rings[state.queueSel];
    switch (offset) {
      case reg.DEVICE_FEATURES_SEL:
        state.deviceFeaturesSel = value;
        return;
      case reg.DRIVER_FEATURES_SEL:
        state.driverFeaturesSel = value;
        return;
      case reg.DRIVER_FEATURES:
        if (state.driverFeaturesSel <= 1 && !has(STATUS_FEATURES_OK)) {
          state.driverFeatures = withWord(state.driverFeatures, state.driverFeaturesSel, value);
        }
        return;
      case reg.QUEUE_SEL:
        state.queueSel = value;
        return;
      case reg.QUEUE_NUM:
        if (ring && !ring.state.ready) ring.state.size = value;
        return;
      case reg.QUEUE_READY:
        if (ring) setReady(ring, value & 1);
        return;
      case reg.QUEUE_NOTIFY: {
        const queue = queues[value];
        if (queue && isLive(rings[value]!)) device!.notify(queue, value);
        return;
      }
      case reg.INTERRUPT_ACK:
        state.interrupts &= ~value;
        update();
        return;
      case reg.STATUS:
        setStatus(value & 0xff);
        return;
      default: {
        const name = queueAddresses[offset];
        if (ring && name && !ring.state.ready) ring.state[name] = value;
      }
    }
  }

  function setReady(ring: SplitRing, ready: number) {
    if (ring.state.ready === ready) return;
    if (ready && !ring.isSound()) return fail();
    Object.assign(ring.state, { ready, taken: 0, returned: 0 });
  }

  function setStatus(value: number) {
    if (value === 0) return reset();
    const acceptable = (state.driverFeatures & ~features) === 0n && (state.driverFeatures & F_VERSION_1) !== 0n;
    // §3.1.1: the driver reads back whether its choice of features was taken.
    const refused = !has(STATUS_FEATURES_OK) && !acceptable ? STATUS_FEATURES_OK : 0;
    state.status = (state.status & STATUS_NEEDS_RESET) | (value & ~STATUS_NEEDS_RESET & ~refused);
  }

  return {
    kind: 'virtio-mmio',
    read(offset, size) {
      if (offset >= reg.CONFIG) return readConfig(offset - reg.CONFIG, size);
      return size === 4 ? readRegister(offset) : 0;
    },
    write(offset, size, value) {
      if (device && size === 4 && offset < reg.CONFIG) writeRegister(offset, value);
    },
    reset,
    save(): DeviceState {
      const list: DeviceValue[] = [...completions.keys()].map((completion) => ({ ...completion }));
      return { ...state, rings: rings.map((ring) => ({ ...ring.state })), completions: list, device: device?.save() ?? null };
    },
    restore(saved) {
      const { rings: ringStates, completions: list, device: inner, ...values } = saved;
      state = values as typeof powerOn;
      (ringStates as RingState[]).forEach((values, i) => Object.assign(rings[i]!.state, values));
      cancelCompletions();
      for (const completion of list as Completion[]) schedule({ ...completion });
      device?.restore(inner as DeviceState);
      update();
    },
  };
}

const word = (value: bigint, index: number) => Number(BigInt.asUintN(32, value >> BigInt(32 * index)));

function withWord(value: bigint, index: number, bits: number): bigint {
  const shift = BigInt(32 * index);
  return (value & ~(0xffff_ffffn << shift)) | (BigInt(bits) << shift);
}
