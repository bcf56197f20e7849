import type { HidKind } from '../../../emulator/base/hid.ts';
import type { PciPlace } from '../../../emulator/machine/types.ts';
import { checkInputs } from '../run/input.ts';
import type { QemuCommandLine } from './command-line.ts';
import type { Properties } from './properties.ts';

/** `-device virtio-keyboard-device,serial=S`, or on PCI, and the like. */
export function addInputDevice(kind: HidKind) {
  return ({ plan: { settings } }: QemuCommandLine, properties: Properties, driver: string, pci: PciPlace | undefined): void => {
    const serial = properties.take('serial');
    // There is one screen.
    properties.ignore('display', 'head');
    const input = { kind, ...(serial === undefined ? {} : { serial }), ...(pci ? { pci } : {}) };
    settings.inputs = [...(settings.inputs ?? []), input];
    checkInputs(driver, settings.inputs);
  };
}
