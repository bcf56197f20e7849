import { closeSync, openSync, writeSync } from 'node:fs';
import { UserError } from '../../../emulator/base/user-error.ts';
import type { FrameFormat } from '../../../emulator/machine/sound-settings.ts';
import { fileReason } from '../host-files.ts';
import { WAV_HEADER_BYTES, wavHeader } from './wav.ts';

/** What a guest that played nothing leaves. */
const silence: FrameFormat = { sample: 's16', channels: 2, rate: 48_000 };

/** Takes what a sound card plays. The first frames decide the file's format; with others a further file begins, `F-2.wav`. */
export class WavFile {
  readonly #path: string;
  readonly #role: string;
  #count = 1;
  #file: number;
  #format: FrameFormat | undefined;
  #bytes = 0;

  /** Throws a UserError for a path that cannot be written. `role` is the option that names it. */
  constructor(path: string, role: string) {
    this.#path = path;
    this.#role = role;
    this.#file = this.#open(path);
  }

  write(bytes: Uint8Array, format: FrameFormat): void {
    if (this.#format && !isSame(this.#format, format)) {
      this.close();
      this.#file = this.#open(this.#path.replace(/(\.[^./]*)?$/, `-${++this.#count}$1`));
      this.#bytes = 0;
    }
    this.#format = format;
    writeSync(this.#file, bytes, 0, bytes.length, WAV_HEADER_BYTES + this.#bytes);
    this.#bytes += bytes.length;
  }

  close(): void {
    writeSync(this.#file, wavHeader(this.#format ?? silence, this.#bytes), 0, WAV_HEADER_BYTES, 0);
    closeSync(this.#file);
  }

  #open(path: string): number {
    try {
      return openSync(path, 'w');
    } catch (error) {
      throw new UserError('unwritable', `${this.#role} ${path}: ${fileReason(error, 'w')}`);
    }
  }
}

function isSame(a: FrameFormat, b: FrameFormat): boolean {
  return a.sample === b.sample && a.channels === b.channels && a.rate === b.rate;
}
