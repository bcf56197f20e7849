import type { DeviceState } from '../device.ts';
import type { PlacedBar } from './config-space.ts';

/** A function of a PCIe device as the host bridge sees it. It does not know its place on the bus. */
export interface PcieFunction {
  /** `offset` in the function's 4 KiB of configuration space. */
  readConfig(offset: number, size: 1 | 2 | 4): number;
  writeConfig(offset: number, size: 1 | 2 | 4, value: number): void;
  /** The windows that it decodes now, and their addresses; may change with a write to the configuration space, a reset, a restore. */
  readonly decoded: readonly PlacedBar[];
  reset(): void;
  save(): DeviceState;
  restore(state: DeviceState): void;
}

/** What a function can do on the bus by itself, beside DMA. */
export interface Upstream {
  /** Drives INTA. */
  setInterrupt(level: boolean): void;
  /** A write of 32 bits that is an interrupt. */
  sendMessage(address: number, data: number): void;
}
