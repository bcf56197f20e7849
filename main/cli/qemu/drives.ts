import { limits } from '../../services/machines/plan.ts';
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
  const unit = properties.take('unit') ?? properties.take('index') ?? '0';
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

/** Only the first bank can be filled; the second (EDK2's variables) is empty at every start. */
function addFlash(line: QemuCommandLine, drive: QemuDrive, unit: string): void {
  if (unit !== '0') throw optionError(option, `if=pflash,unit=${unit}: only the first flash bank can be given in this version`);
  if (line.plan.bios) throw optionError(option, 'there are two flash images for the first bank');
  line.plan.bios = drive.file;
}

/** Once all options are read: connects drives to the devices that name them. */
export function finishDrives(line: QemuCommandLine): void {
  for (const { drive: id, option, pci } of line.blockDevices) {
    const drive = line.drives.get(id);
    if (!drive) throw optionError(option, `there is no -drive with id=${id}`);
    line.drives.delete(id);
    const snapshot = drive.snapshot || line.snapshot;
    const { file, readOnly } = drive;
    line.plan.drives.push({ file, readOnly, ...(snapshot ? { snapshot } : {}), ...(pci ? { pci } : {}) });
  }
  if (line.plan.drives.length > limits.maxDrives) throw optionError(option, `a machine can have ${limits.maxDrives} drives`);
  const [unused] = line.drives.keys();
  if (unused !== undefined) {
    throw optionError(option, `no device uses the drive id=${unused}`, `-device virtio-blk-pci,drive=${unused}`);
  }
}
