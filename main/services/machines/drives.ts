import { closeSync, fstatSync, readSync, writeSync } from 'node:fs';
import type { DriveConfig } from '../../../emulator/machine/types.ts';
import { fileError, openFile } from './files.ts';
import type { DrivePlan } from './plan.ts';

const sectorBytes = 512;

/** A drive's file. Its bytes are shared with the machine; sectors that the guest wrote go back to the file when the machine says so. */
export interface DriveFile {
  config: DriveConfig;
  /** `sector` and `count` in units of 512 bytes. */
  writeBack(sector: number, count: number): void;
  close(): void;
}

export function openDrive(plan: DrivePlan, name: string): DriveFile {
  const writable = !plan.readOnly && !plan.snapshot;
  const fd = openFile(plan.file, writable ? 'r+' : 'r');
  try {
    const { size } = fstatSync(fd);
    if (size === 0) throw fileError(plan.file, 'empty-file', 'the drive image is empty', 'make it with truncate -s 64M FILE');
    refuseContainers(fd, plan);
    const bytes = share(plan, Math.ceil(size / sectorBytes) * sectorBytes);
    for (let done = 0; done < size;) {
      const count = readSync(fd, bytes, done, Math.min(size - done, 2 ** 30), done);
      if (count === 0) break;
      done += count;
    }
    return {
      config: { name, image: bytes.buffer, readOnly: plan.readOnly, ...(plan.pci ? { pci: plan.pci } : {}) },
      writeBack(sector, count) {
        if (!writable) return;
        const from = sector * sectorBytes;
        // A last sector that the file has only in part is not made longer.
        for (let done = from, end = Math.min(from + count * sectorBytes, size); done < end;) {
          done += writeSync(fd, bytes, done, end - done, done);
        }
      },
      close: () => closeSync(fd),
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function share(plan: DrivePlan, size: number): Uint8Array<SharedArrayBuffer> {
  try {
    return new Uint8Array(new SharedArrayBuffer(size));
  } catch {
    throw fileError(plan.file, 'too-large', `the drive image is too large to be kept in memory (${size} bytes)`);
  }
}

/** An image of another format taken as raw would be destroyed by the first write. */
function refuseContainers(fd: number, plan: DrivePlan): void {
  const head = Buffer.alloc(8);
  readSync(fd, head, 0, head.length, 0);
  const kinds: [string, string][] = [
    ['QFI\xfb', 'qcow2'],
    ['KDMV', 'VMDK'],
    ['vhdxfile', 'VHDX'],
    ['conectix', 'VHD'],
  ];
  const kind = kinds.find(([magic]) => head.toString('latin1').startsWith(magic))?.[1];
  if (!kind) return;
  throw fileError(
    plan.file,
    'unsupported-format',
    `this is a ${kind} image`,
    `qemu-img convert -O raw ${plan.file.path} disk.img`,
  );
}
