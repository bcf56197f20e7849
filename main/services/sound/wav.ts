/** WAV files (RIFF, with the chunk `fmt ` of Microsoft's WAVEFORMATEX), as far as our sound card knows their samples. */
import type { FrameFormat } from '../../../emulator/machine/sound-settings.ts';

type Sample = FrameFormat['sample'];

export const WAV_HEADER_BYTES = 44;
const [PCM, IEEE_FLOAT, EXTENSIBLE] = [1, 3, 0xfffe];
const sampleBits: Readonly<Record<Sample, number>> = { u8: 8, s16: 16, s24: 24, s32: 32, float: 32 };

/** The header of a file with that many bytes of frames. */
export function wavHeader({ sample, channels, rate }: FrameFormat, dataBytes: number): Uint8Array {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  const frame = (channels * sampleBits[sample]) / 8;
  header.write('RIFF', 0);
  header.writeUInt32LE(Math.min(WAV_HEADER_BYTES - 8 + dataBytes, 0xffff_ffff), 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(sample === 'float' ? IEEE_FLOAT : PCM, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * frame, 28);
  header.writeUInt16LE(frame, 32);
  header.writeUInt16LE(sampleBits[sample], 34);
  header.write('data', 36);
  header.writeUInt32LE(Math.min(dataBytes, 0xffff_ffff), 40);
  return header;
}

/** What a WAV file holds; text for one that is none, or of samples that are not known. */
export function readWav(bytes: Uint8Array): { format: FrameFormat; bytes: Uint8Array } | string {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const tag = (at: number): string => file.toString('latin1', at, at + 4);
  if (file.length < 12 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') return 'this is not a WAV file';
  let format: FrameFormat | undefined;
  for (let at = 12; at + 8 <= file.length;) {
    const [name, size, from] = [tag(at), file.readUInt32LE(at + 4), at + 8];
    if (name === 'fmt ') {
      if (size < 16 || from + size > file.length) return 'the WAV file is truncated';
      const kind = file.readUInt16LE(from);
      const code = kind === EXTENSIBLE && size >= 26 ? file.readUInt16LE(from + 24) : kind;
      const bits = file.readUInt16LE(from + 14);
      const sample = (Object.keys(sampleBits) as Sample[]).find(
        (each) => sampleBits[each] === bits && (each === 'float') === (code === IEEE_FLOAT),
      );
      if (!sample || (code !== PCM && code !== IEEE_FLOAT)) return `samples of ${bits} bits (format ${code}) are not supported`;
      format = { sample, channels: file.readUInt16LE(from + 2), rate: file.readUInt32LE(from + 4) };
    } else if (name === 'data') {
      if (!format) return 'the WAV file has no format';
      return { format, bytes: Uint8Array.from(bytes.subarray(from, from + size)) };
    }
    at = from + size + (size & 1);
  }
  return 'the WAV file has no data';
}
