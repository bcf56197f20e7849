import type { PciPlace } from '../../../emulator/machine/types.ts';
import { optionError } from '../failure.ts';
import type { PciTurn, QemuCommandLine } from './command-line.ts';
import type { Properties } from './properties.ts';

/** Slots of the one bus; the bridge itself has the first. */
const SLOTS = 32;

/** A device on PCI: where, is said when all options are read. By itself also drivers of before virtio 1.0 find it. */
export function addPciDevice(line: QemuCommandLine, turn: PciTurn, option: string, transitional = true): PciPlace {
  const place: PciPlace = transitional ? { transitional } : {};
  line.pciDevices.push({ turn, option, place });
  return place;
}

/** `virtio-NAME-pci,addr=3,disable-legacy=on`; `kind` is what the name ends with: `pci`, `pci-non-transitional`. */
export function takePciPlace(line: QemuCommandLine, option: string, kind: string, properties: Properties): PciPlace {
  const bus = properties.take('bus') ?? 'pcie.0';
  if (bus !== 'pcie.0') throw optionError(option, `there is no bus ${bus}`, 'bus=pcie.0');
  const legacy = properties.take('disable-legacy');
  const isModern = legacy === 'auto' || legacy === undefined ? kind.endsWith('non-transitional') : isOn(option, legacy);
  if (properties.takeSwitch('disable-modern')) throw optionError(option, 'disable-modern=on is not available');
  if (properties.take('romfile')) throw optionError(option, 'romfile= is not available: devices have no ROM');
  properties.ignore('rombar');
  const slot = takeSlot(option, properties);
  return Object.assign(addPciDevice(line, 'device', option, !isModern), slot);
}

function isOn(option: string, text: string): boolean {
  if (!/^(on|off|true|false|yes|no)$/.test(text)) throw optionError(option, `disable-legacy=${text}: on, off or auto is needed`);
  return /^(on|true|yes)$/.test(text);
}

/** `addr=SLOT[.FUNCTION]`, in hexadecimal. */
function takeSlot(option: string, properties: Properties): { slot?: number } {
  const text = properties.take('addr');
  if (text === undefined) return {};
  const match = /^(?:0x)?([\da-f]{1,2})(?:\.([0-7]))?$/i.exec(text);
  const slot = match ? parseInt(match[1]!, 16) : SLOTS;
  if (slot >= SLOTS) throw optionError(option, `addr=${text} is not a slot`, 'addr=0x1 to addr=0x1f');
  if (slot === 0) throw optionError(option, 'slot 0 is the host bridge', 'addr=0x1 to addr=0x1f');
  if (Number(match?.[2] ?? 0) !== 0)
    throw optionError(option, `addr=${text}: devices have one function here`, `addr=${match![1]}`);
  return { slot };
}

/** Once all options are read: gives each device its slot, as QEMU does in the order in which it makes them. */
export function finishPci({ pciDevices }: QemuCommandLine): void {
  const taken = new Set([0]);
  for (const turn of ['board', 'device', 'drive'] satisfies PciTurn[]) {
    for (const { option, place } of pciDevices.filter((device) => device.turn === turn)) {
      const slot = place.slot ?? Array.from({ length: SLOTS }, (_, n) => n).find((n) => !taken.has(n));
      if (slot === undefined) throw optionError(option, `the PCI bus has ${SLOTS - 1} slots, and all are taken`);
      if (taken.has(slot)) throw optionError(option, `PCI slot ${slot} is taken`, 'give addr= to those that take it, too');
      taken.add(slot);
      place.slot = slot;
    }
  }
}
