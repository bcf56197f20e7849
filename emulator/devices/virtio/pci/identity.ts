import type { Identity } from '../../pcie/config-space.ts';

/** Red Hat, for Qumranet (§4.1.2). */
const VENDOR = 0x1af4;
/** Device IDs of version 1.0 are this and the device type (§4.1.2). */
const DEVICE_BASE = 0x1040;
/** What QEMU's devices say that have no meaning of their own here. */
const QEMU_SUBSYSTEM = 0x1100;

interface Kind {
  /** Base class, sub-class and interface, as QEMU has them: the specification leaves them open. */
  classCode: number;
  /** Device ID for drivers of before version 1.0, for types that are as old (§4.1.2.3). */
  transitional?: number;
}

/** By device type (chapter 5). */
const kinds: Record<number, Kind> = {
  1: { classCode: 0x02_0000, transitional: 0x1000 },
  2: { classCode: 0x01_0000, transitional: 0x1001 },
  3: { classCode: 0x07_8000, transitional: 0x1003 },
  4: { classCode: 0x00_ff00, transitional: 0x1005 },
  16: { classCode: 0x03_8000 },
  18: { classCode: 0x09_8000 },
  25: { classCode: 0x04_0100 },
};
/** A device of no known class. */
const other: Kind = { classCode: 0x00_ff00 };

/** Whether a device type can be seen by drivers of before version 1.0. */
export function mayBeTransitional(type: number): boolean {
  return kinds[type]?.transitional !== undefined;
}

/** What a virtio device of that type is to PCI. */
export function identityOf(type: number, isTransitional: boolean): Identity {
  const { classCode, transitional } = kinds[type] ?? other;
  const common = { vendor: VENDOR, classCode, subsystemVendor: VENDOR, interruptPin: 1 } as const;
  // Legacy drivers look at the revision, and find the type in the subsystem (§4.1.2.3).
  if (isTransitional && transitional !== undefined) return { ...common, device: transitional, revision: 0, subsystem: type };
  return { ...common, device: DEVICE_BASE + type, revision: 1, subsystem: QEMU_SUBSYSTEM };
}
