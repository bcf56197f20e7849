/**
 * The one shape of a device: it knows offsets into its own register window, the lines it drives and the virtual time. It does not
 * know its address, its interrupt number or the machine around it: a board (emulator/boards) wires those.
 *
 * Accesses: `size` is 1, 2, 4 or 8 bytes; values up to 32 bits are numbers (unsigned); 8-byte accesses are split by the bus into
 * two 4-byte ones, low half first, unless the device declares `wide`.
 */
export interface Device {
  /** Stable name of this kind of device, also the folder's: `pl011`. */
  readonly kind: string;
  /** Reads `size` bytes at `offset`; unsigned. Reserved offsets read as the device's manual says (mostly 0). Never throws. */
  read(offset: number, size: 1 | 2 | 4): number;
  /** Writes the low `size` bytes of `value` at `offset`. Never throws: bad guests are the guest's affair. */
  write(offset: number, size: 1 | 2 | 4, value: number): void;
  /** Power-on state. Also called for a system reset. */
  reset(): void;
  /** Every bit of guest-visible state, for snapshots and the state hash: plain JSON data and Uint8Array only, stable key order. */
  save(): DeviceState;
  /** The inverse of {@link save}. */
  restore(state: DeviceState): void;
}

export type DeviceState = { [key: string]: DeviceValue };
export type DeviceValue = number | string | boolean | bigint | null | Uint8Array | DeviceValue[] | { [key: string]: DeviceValue };

/** An output line of a device (an interrupt, or a GPIO). Setting the level it already has does nothing. */
export interface Line {
  set(level: boolean): void;
}

/** Virtual time: what a device may know of time. Nanoseconds since the machine was started, exact, as a number (2^53 ns = 104 days). */
export interface Clock {
  nowNs(): number;
  /**
   * Calls `fire` once when virtual time reaches `atNs` (at once after the running instruction when that is past). Returns a handle.
   * Timers with equal times fire in the order in which they were set.
   */
  at(atNs: number, fire: () => void): Timer;
}
export interface Timer {
  cancel(): void;
}

/** Message-signalled interrupts: 32-bit writes of a bus master to addresses that its driver gave it (of PCIe: MSI and MSI-X). */
export interface MessageInterrupts {
  /**
   * Writes `data` at guest-physical `address`, a multiple of 4, as `requester`. Of PCIe that is the requester ID (bus, device and
   * function in 16 bits), by which an ITS knows devices. Takes effect at once: lines of cores may have changed on return. Where nothing
   * takes messages the write is lost.
   */
  send(requester: number, address: number, data: number): void;
}

/** Guest-physical memory as a bus master sees it (DMA). RAM only: an access that leaves RAM answers false and moves nothing. */
export interface Dma {
  read(pa: number, into: Uint8Array): boolean;
  write(pa: number, from: Uint8Array): boolean;
}
