import type { DeviceState } from '../device.ts';
import type { Chain } from './chain.ts';

/** What is behind a transport: one of the device types of virtio 1.2 chapter 5. It sees queues and its configuration, no registers. */
export interface VirtioDevice {
  /** Of the device type (chapter 5). */
  readonly id: number;
  /** Feature bits of the device type; the transport adds those of rings. */
  readonly features: bigint;
  /** The largest size of each queue, powers of two. */
  readonly queueSizes: readonly number[];
  /** The configuration space, little-endian. Drivers only read it, but for {@link VirtioDevice.writeConfig}. */
  readonly config: Uint8Array;
  /** Called once, before anything else, for devices that act by themselves. */
  attach?(transport: Transport): void;
  /** The driver made buffers available on this queue. */
  notify(queue: Queue, index: number): void;
  /** The driver wrote a byte of the configuration space, for device types where it may; `legacy`: by the registers of before version 1.0. */
  writeConfig?(offset: number, value: number, legacy: boolean): void;
  /** The driver reset the device. */
  reset(): void;
  save(): DeviceState;
  restore(state: DeviceState): void;
}

/** The transport as a device sees it. */
export interface Transport {
  /** The features that the driver took, also those of rings. */
  readonly features: bigint;
  /** Whether the driver is up (DRIVER_OK), and has broken no rule since. */
  readonly isDriverReady: boolean;
  queue(index: number): Queue;
  /** {@link VirtioDevice.config} was changed: tells the driver (§2.5). */
  configChanged(): void;
}

/** A queue as a device sees it. */
export interface Queue {
  /** The next available buffers, or undefined when there are none. */
  take(): Chain | undefined;
  /** Makes the last `count` buffers that were taken available again. None of them was completed, and none after them was taken. */
  putBack(count: number): void;
  /** Hands buffers back, after a delay in virtual time, with the number of bytes that were written into them. */
  complete(chain: Pick<Chain, 'head'>, written: number, delayNs: number): void;
  /** The driver broke a rule: the device needs a reset (virtio 1.2 §2.1.2), and until then does nothing. */
  fail(): void;
}
