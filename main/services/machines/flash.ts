import { closeSync, writeSync } from 'node:fs';
import type { FlashImage } from '../../../emulator/machine/types.ts';
import { fileError, openFile, readImage } from './files.ts';
import type { DrivePlan } from './plan.ts';

/** The file behind a bank of flash. */
export interface FlashFile {
  image: FlashImage;
  /** The guest changed these bytes. */
  writeBack(offset: number, bytes: Uint8Array): void;
  close(): void;
}

const bankBytes = 64 * 2 ** 20;
const blank = Buffer.alloc(4096);

/** Any bytes up to the size of a bank; a file that takes what the guest writes has that size, as on QEMU. */
export function openFlash(plan: DrivePlan): FlashFile {
  const { file, readOnly } = plan;
  const bytes = readImage(file);
  if (bytes.length > bankBytes) throw fileError(file, 'too-large', 'the image is larger than the flash (64M)');
  const image = { bytes: withoutEnd(bytes), readOnly };
  if (readOnly || plan.snapshot) return { image, writeBack() {}, close() {} };
  if (bytes.length !== bankBytes) {
    const hint = `truncate -s 64M ${file.path}, or add readonly=on`;
    throw fileError(file, 'flash-size', `a bank of flash has 64M, this file has ${bytes.length} bytes`, hint);
  }
  const fd = openFile(file, 'r+');
  return {
    image,
    writeBack(offset, bytes) {
      for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
    },
    close: () => closeSync(fd),
  };
}

/** Images are padded to the size of the bank, which is zero anyway. */
function withoutEnd(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let end = bytes.length;
  while (end > blank.length && blank.equals(bytes.subarray(end - blank.length, end))) end -= blank.length;
  return end === bytes.length ? bytes : bytes.slice(0, end);
}
