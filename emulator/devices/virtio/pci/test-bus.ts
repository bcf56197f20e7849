import type { Dma } from '../../device.ts';
import { HostBridge } from '../../pcie/host-bridge.ts';
import { TestClock } from '../../test-clock.ts';
import type { VirtioDevice } from '../device.ts';
import { createVirtioPci } from './pci.ts';

/** Bus addresses of the windows, and where firmware of this machine puts those of the device. */
export const LOW = 0x1000_0000;
export const HIGH = 0x80_0000_0000;
export const [MSIX_BASE, MODERN_BASE, LEGACY_BASE] = [LOW + 0x4000, HIGH + 0x10_0000, 0x1000];
/** Where the doorbell of messages is. */
export const DOORBELL = 0x0802_0040;
export const SLOT = 2;
const ALL_COMMANDS = 0x7;

export const REG = { COMMAND: 0x04, STATUS: 0x06, BARS: 0x10, CAPABILITIES: 0x34 } as const;
/** Fields of the common configuration (virtio 1.2 §4.1.4.3). */
export const COMMON = {
  ...{ DRIVER_FEATURES_SELECT: 0x08, DRIVER_FEATURES: 0x0c, CONFIG_VECTOR: 0x10, STATUS: 0x14, QUEUE_SELECT: 0x16 },
  ...{ QUEUE_SIZE: 0x18, QUEUE_VECTOR: 0x1a, QUEUE_ENABLE: 0x1c, DESC: 0x20, AVAIL: 0x28, USED: 0x30 },
} as const;
export const [ISR, CONFIG, NOTIFY] = [0x1000, 0x2000, 0x3000];

/** A bus with one virtio device in slot 2, RAM for its queues, and what a driver does with it. */
export class TestBus {
  readonly ram = new Uint8Array(0x1_0000);
  readonly view = new DataView(this.ram.buffer);
  readonly clock = new TestClock();
  readonly lines = [false, false, false, false];
  readonly messages: { requester: number; address: number; data: number }[] = [];
  readonly bridge: HostBridge;

  constructor(device: VirtioDevice, { transitional = false } = {}) {
    const inside = (pa: number, length: number) => pa + length <= this.ram.length;
    const dma: Dma = {
      read: (pa, into) => inside(pa, into.length) && (into.set(this.ram.subarray(pa, pa + into.length)), true),
      write: (pa, from) => inside(pa, from.length) && (this.ram.set(from, pa), true),
    };
    this.bridge = new HostBridge({
      windows: { io: 0, low: LOW, high: HIGH },
      interrupts: this.lines.map((_, n) => ({ set: (level) => void (this.lines[n] = level) })),
      messages: { send: (requester, address, data) => void this.messages.push({ requester, address, data }) },
    });
    const { clock } = this;
    this.bridge.plug(SLOT, (upstream) => createVirtioPci({ upstream, clock, dma, device, transitional }));
  }

  config = (offset: number, size: 1 | 2 | 4 = 4): number => this.bridge.ecam.read(SLOT * 0x8000 + offset, size);
  setConfig = (offset: number, value: number, size: 1 | 2 | 4 = 4): void =>
    this.bridge.ecam.write(SLOT * 0x8000 + offset, size, value);

  /** Puts the windows in place and lets the device decode them and be a bus master. */
  enable(): void {
    this.setConfig(REG.BARS, LEGACY_BASE);
    this.setConfig(REG.BARS + 4, MSIX_BASE);
    this.setConfig(REG.BARS + 16, MODERN_BASE % 2 ** 32);
    this.setConfig(REG.BARS + 20, Math.floor(MODERN_BASE / 2 ** 32));
    this.setConfig(REG.COMMAND, ALL_COMMANDS, 2);
  }

  /** Capabilities in their order. */
  capabilities(): { at: number; id: number; kind: number }[] {
    const found = [];
    for (let at = this.config(REG.CAPABILITIES, 1); at !== 0 && found.length < 64; at = this.config(at + 1, 1)) {
      found.push({ at, id: this.config(at, 1), kind: this.config(at + 3, 1) });
    }
    return found;
  }

  modern = (offset: number, size: 1 | 2 | 4): number => this.bridge.high.read(MODERN_BASE - HIGH + offset, size);
  setModern = (offset: number, size: 1 | 2 | 4, value: number): void =>
    this.bridge.high.write(MODERN_BASE - HIGH + offset, size, value);
  legacy = (offset: number, size: 1 | 2 | 4): number => this.bridge.io.read(LEGACY_BASE + offset, size);
  setLegacy = (offset: number, size: 1 | 2 | 4, value: number): void => this.bridge.io.write(LEGACY_BASE + offset, size, value);
  msix = (offset: number): number => this.bridge.low.read(MSIX_BASE - LOW + offset, 4);
  setMsix = (offset: number, value: number): void => this.bridge.low.write(MSIX_BASE - LOW + offset, 4, value);

  /** Message control. */
  setMsixControl(value: number): void {
    this.setConfig(this.capabilities().find(({ id }) => id === 0x11)!.at + 2, value, 2);
  }

  setVector(vector: number, data: number, masked = false): void {
    this.setMsix(16 * vector, DOORBELL);
    this.setMsix(16 * vector + 4, 0);
    this.setMsix(16 * vector + 8, data);
    this.setMsix(16 * vector + 12, masked ? 1 : 0);
  }

  /** Agrees on version 1.0 and sets the first queue up: 8 entries, descriptors at 0x1000, available at 0x2000, used at 0x3000. */
  start(): void {
    this.setModern(COMMON.STATUS, 1, 3);
    this.setModern(COMMON.DRIVER_FEATURES_SELECT, 4, 1);
    this.setModern(COMMON.DRIVER_FEATURES, 4, 1);
    this.setModern(COMMON.STATUS, 1, 11);
    this.setModern(COMMON.QUEUE_SELECT, 2, 0);
    this.setModern(COMMON.QUEUE_SIZE, 2, 8);
    this.setModern(COMMON.DESC, 4, 0x1000);
    this.setModern(COMMON.AVAIL, 4, 0x2000);
    this.setModern(COMMON.USED, 4, 0x3000);
    this.setModern(COMMON.QUEUE_ENABLE, 2, 1);
    this.setModern(COMMON.STATUS, 1, 15);
  }

  /** Makes a buffer of 16 bytes at 0x4000 available, for the device to write. Notifies by the modern window, or as told. */
  offer(notify: () => void = () => this.setModern(NOTIFY, 2, 0), avail = 0x2000): void {
    const { view } = this;
    view.setBigUint64(0x1000, 0x4000n, true);
    view.setUint32(0x1008, 16, true);
    view.setUint16(0x100c, 2, true);
    const index = view.getUint16(avail + 2, true);
    view.setUint16(avail + 4 + 2 * (index % 8), 0, true);
    view.setUint16(avail + 2, index + 1, true);
    notify();
    this.clock.advance(1e6);
  }

  /** How many buffers came back. */
  used = (at = 0x3000): number => this.view.getUint16(at + 2, true);
}
