import type { Clock, Device, DeviceState, Dma, Line } from '../device.ts';
import { VirtioCore, word } from './core.ts';
import type { VirtioDevice } from './device.ts';
import { pageNumber, setPage } from './legacy-ring.ts';
import type { RingState, SplitRing } from './split-ring.ts';

/**
 * The transport virtio-mmio (virtio 1.2 §4.2): version 2, or with `legacy` version 1 (§4.2.4), which QEMU has unless it is told
 * `force-legacy=false`. Without a device it is a free slot, which drivers leave alone.
 */
export interface VirtioMmioOptions {
  irq: Line;
  clock: Clock;
  dma: Dma;
  device?: VirtioDevice | undefined;
  legacy?: boolean;
}

const MAGIC = 0x7472_6976;
/** `QEMU`, for drivers that know it. */
const VENDOR = 0x554d_4551;

/** Registers (§4.2.2, §4.2.4); all are 32 bits wide, but for the configuration space. */
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
  QUEUE_NOTIFY: 0x050,
  INTERRUPT_STATUS: 0x060,
  INTERRUPT_ACK: 0x064,
  STATUS: 0x070,
  CONFIG: 0x100,
} as const;

const modernReg = { QUEUE_READY: 0x044, SHM_FIRST: 0x0b0, SHM_LAST: 0x0bc, CONFIG_GENERATION: 0x0fc } as const;
const legacyReg = { GUEST_PAGE_SIZE: 0x028, QUEUE_ALIGN: 0x03c, QUEUE_PFN: 0x040 } as const;

/** Registers of version 2 that hold part of the selected queue's addresses. */
const queueAddresses: Record<number, keyof RingState> = {
  0x080: 'descLow',
  0x084: 'descHigh',
  0x090: 'driverLow',
  0x094: 'driverHigh',
  0x0a0: 'deviceLow',
  0x0a4: 'deviceHigh',
};

const powerOn = { deviceFeaturesSel: 0, driverFeaturesSel: 0, queueSel: 0, pageSize: 0 };

export function createVirtioMmio({ irq, clock, dma, device, legacy = false }: VirtioMmioOptions): Device {
  const core = new VirtioCore({ clock, dma, device, isLegacy: () => legacy, onInterrupts: (pending) => irq.set(pending) });
  let state = { ...powerOn };

  function reset() {
    state = { ...powerOn };
    core.reset();
  }

  function readRegister(offset: number): number {
    const ring = core.rings[state.queueSel];
    switch (offset) {
      case reg.MAGIC:
        return MAGIC;
      case reg.VERSION:
        return legacy ? 1 : 2;
      case reg.DEVICE_ID:
        return device?.id ?? 0;
      case reg.VENDOR_ID:
        return VENDOR;
      case reg.DEVICE_FEATURES:
        return word(core.features, state.deviceFeaturesSel);
      case reg.QUEUE_NUM_MAX:
        return ring?.maxSize ?? 0;
      case reg.INTERRUPT_STATUS:
        return core.state.interrupts;
      case reg.STATUS:
        return core.state.status;
      default:
        return legacy ? readLegacy(offset, ring) : readModern(offset, ring);
    }
  }

  function readModern(offset: number, ring: SplitRing | undefined): number {
    if (offset === modernReg.QUEUE_READY) return ring?.state.ready ?? 0;
    if (offset === modernReg.CONFIG_GENERATION) return core.state.generation;
    // No shared memory regions: length and base are all ones (§4.2.2).
    return device && offset >= modernReg.SHM_FIRST && offset <= modernReg.SHM_LAST ? 0xffff_ffff : 0;
  }

  function readLegacy(offset: number, ring: SplitRing | undefined): number {
    return offset === legacyReg.QUEUE_PFN && ring ? pageNumber(ring, state.pageSize) : 0;
  }

  function writeRegister(offset: number, value: number) {
    const ring = core.rings[state.queueSel];
    switch (offset) {
      case reg.DEVICE_FEATURES_SEL:
        state.deviceFeaturesSel = value;
        return;
      case reg.DRIVER_FEATURES_SEL:
        state.driverFeaturesSel = value;
        return;
      case reg.DRIVER_FEATURES:
        return core.setDriverFeatures(state.driverFeaturesSel, value);
      case reg.QUEUE_SEL:
        state.queueSel = value;
        return;
      case reg.QUEUE_NUM:
        // No size leaves what there is, as on QEMU.
        if (ring && !ring.state.ready && value !== 0) ring.state.size = value;
        return;
      case reg.QUEUE_NOTIFY:
        return core.notify(value);
      case reg.INTERRUPT_ACK:
        return core.acknowledge(value);
      case reg.STATUS:
        // The driver's reset leaves the page size, which Linux sets before it.
        if ((value & 0xff) === 0) state = { ...powerOn, pageSize: state.pageSize };
        return core.setStatus(value & 0xff);
      default:
        return legacy ? writeLegacy(offset, ring, value) : writeModern(offset, ring, value);
    }
  }

  function writeModern(offset: number, ring: SplitRing | undefined, value: number) {
    if (!ring) return;
    if (offset === modernReg.QUEUE_READY) return core.setReady(ring, value & 1);
    const name = queueAddresses[offset];
    if (name && !ring.state.ready) ring.state[name] = value;
  }

  function writeLegacy(offset: number, ring: SplitRing | undefined, value: number) {
    if (offset === legacyReg.GUEST_PAGE_SIZE) state.pageSize = value;
    if (!ring) return;
    if (offset === legacyReg.QUEUE_ALIGN && !ring.state.ready) ring.state.align = value;
    if (offset === legacyReg.QUEUE_PFN) setPage(core, ring, state.pageSize, value);
  }

  return {
    kind: 'virtio-mmio',
    read(offset, size) {
      if (offset >= reg.CONFIG) return core.readConfig(offset - reg.CONFIG, size);
      return size === 4 ? readRegister(offset) : 0;
    },
    write(offset, size, value) {
      if (offset >= reg.CONFIG) core.writeConfig(offset - reg.CONFIG, size, value);
      else if (device && size === 4) writeRegister(offset, value);
    },
    reset,
    save: (): DeviceState => ({ ...state, core: core.save() }),
    restore({ core: inner, ...values }) {
      state = values as typeof powerOn;
      core.restore(inner as DeviceState);
    },
  };
}
