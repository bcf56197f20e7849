/** Pictures of screens in files. */
import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { UserError } from '../../emulator/base/user-error.ts';
import type { Picture } from '../../emulator/machine/types.ts';
import { fileReason } from './host-files.ts';

/** Binary PPM, as QEMU's `screendump` writes it, and PNG; neither has an alpha. */
const encoders = {
  async png({ width, height, rgba }: Picture): Promise<Buffer> {
    // Loaded by those alone who want a picture.
    const { PNG } = await import('pngjs');
    const png = new PNG({ width, height });
    png.data = Buffer.from(rgba.buffer);
    return PNG.sync.write(png, { colorType: 2, inputHasAlpha: true });
  },
  ppm({ width, height, rgba }: Picture): Buffer {
    const rgb = Buffer.alloc(3 * width * height);
    for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) rgb.set(rgba.subarray(from, from + 3), to);
    return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), rgb]);
  },
} as const;

export type PictureFormat = keyof typeof encoders;

export async function encodePicture(picture: Picture, format: PictureFormat): Promise<Buffer> {
  return encoders[format](picture);
}

/** By the extension of a file. Throws a `UserError` for one that is not known. */
export function pictureFormat(file: string): PictureFormat {
  const extension = extname(file).slice(1).toLowerCase();
  if (extension === 'png' || extension === 'ppm') return extension;
  throw new UserError('bad-format', `${file}: pictures are .png or .ppm`);
}

/** Fails with a `UserError` when the file cannot be written. */
export async function writePicture(file: string, picture: Picture): Promise<void> {
  const bytes = await encodePicture(picture, pictureFormat(file));
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    throw new UserError('unwritable', `${file}: ${fileReason(error, 'w')}`);
  }
}
