import { parseNumber } from '../../services/handset/units.ts';
import { limits, type DrivePlan } from '../../services/machines/plan.ts';
import { optionError } from '../failure.ts';
import type { QemuCommandLine, QemuDrive } from './command-line.ts';
import { addPciDevice } from './pci.ts';
import { Properties } from './properties.ts';

const option = '-drive';

/** `-drive file=F,if=none|virtio|pflash,format=raw,id=I,readonly=on,snapshot=on`. */
export function addDrive(line: QemuCommandLine, text: string): void {
  const properties = new Properties(option, text);
  const path = properties.takeRequired('file');
  const kind = properties.take('if') ?? 'virtio';
  if (kind !== 'none' && kind !== 'virtio' && kind !== 'pflash') {
    throw optionError(option, `if=${kind} is not supported`, 'none, virtio or pflash');
  }
  const format = properties.take('format') ?? 'raw';
  if (format !== 'raw')
    throw optionError(option, `format=${format} is not supported`, `qemu-img convert -O raw ${path} disk.img`);
  const unit = properties.take('unit') ?? properties.take('index');
  const drive: QemuDrive = {
    file: { path, role: option },
    interface: kind,
    readOnly: properties.takeSwitch('readonly') || properties.takeSwitch('read-only'),
    snapshot: properties.takeSwitch('snapshot'),
  };
  const id = properties.take('id') ?? `${kind}${line.drives.size}`;
  properties.ignore('cache', 'aio', 'discard', 'detect-zeroes', 'media', 'locking', 'file.locking');
  properties.end();
  if (line.drives.has(id)) throw optionError(option, `id=${id} is given twice`);
  if (kind === 'pflash') return addFlash(line, drive, unit);
  line.drives.set(id, drive);
  if (kind === 'virtio') line.blockDevices.push({ drive: id, option, pci: addPciDevice(line, 'drive', option) });
}

/** Without a number the next bank is meant. */
function addFlash(line: QemuCommandLine, drive: QemuDrive, unit: string | undefined): void {
  const bank = unit === undefined ? line.flash.size : parseNumber(unit);
  if (bank !== 0 && bank !== 1) throw optionError(option, `if=pflash: there is no bank ${unit ?? bank}`, 'unit=0 or unit=1');
  if (line.flash.has(bank)) throw optionError(option, `if=pflash,unit=${bank} is given twice`);
  line.flash.set(bank, drive);
}

/** The first bank is what is executed: without it there is no second. */
function finishFlash(line: QemuCommandLine): void {
  const { plan, flash } = line;
  if (flash.size === 0) return;
  const [first, second] = [flash.get(0), flash.get(1)];
  if (first && plan.bios) throw optionError(option, 'there are two flash images for the first bank', 'leave out -bios');
  const code = first ? planOf(line, first) : plan.bios && { file: plan.bios, readOnly: false, snapshot: true };
  if (!code) throw optionError(option, 'if=pflash,unit=1: there is nothing in the first bank', 'give unit=0, or -bios');
  delete plan.bios;
  plan.flash = [code, ...(second ? [planOf(line, second)] : [])];
}

function planOf(line: QemuCommandLine, { file, readOnly, snapshot }: QemuDrive): DrivePlan {
  return { file, readOnly, ...(snapshot || line.snapshot ? { snapshot: true } : {}) };
}

/** Once all options are read: connects drives to the devices that name them, and fills the flash. */
export function finishDrives(line: QemuCommandLine): void {
  finishFlash(line);
  for (const { drive: id, option, pci } of line.blockDevices) {
    const drive = line.drives.get(id);
    if (!drive) throw optionError(option, `there is no -drive with id=${id}`);
    line.drives.delete(id);
    line.plan.drives.push({ ...planOf(line, drive), ...(pci ? { pci } : {}) });
  }
  if (line.plan.drives.length > limits.maxDrives) throw optionError(option, `a machine can have ${limits.maxDrives} drives`);
  const [unused] = line.drives.keys();
  if (unused !== undefined) {
    throw optionError(option, `no device uses the drive id=${unused}`, `-device virtio-blk-pci,drive=${unused}`);
  }
}
