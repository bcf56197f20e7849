import type { HidKind } from '../../../emulator/base/hid.ts';
import { checkInputs } from '../run/input.ts';
import type { QemuCommandLine } from './command-line.ts';
import type { Properties } from './properties.ts';

/** `-device virtio-keyboard-device,serial=S` and the like. */
export function addInputDevice(kind: HidKind): (line: QemuCommandLine, properties: Properties) => void {
  return ({ plan: { settings } }, properties) => {
    const serial = properties.take('serial');
    // There is one screen.
    properties.ignore('display', 'head');
    settings.inputs = [...(settings.inputs ?? []), { kind, ...(serial === undefined ? {} : { serial }) }];
    checkInputs('-device', settings.inputs);
  };
}
