/** Numbers and layouts of virtio 1.2 §5.14.6. */

export const request = {
  JACK_INFO: 1,
  JACK_REMAP: 2,
  PCM_INFO: 0x100,
  PCM_SET_PARAMS: 0x101,
  PCM_PREPARE: 0x102,
  PCM_RELEASE: 0x103,
  PCM_START: 0x104,
  PCM_STOP: 0x105,
  CHMAP_INFO: 0x200,
} as const;

export const status = { OK: 0x8000, BAD_MSG: 0x8001, NOT_SUPP: 0x8002, IO_ERR: 0x8003 } as const;
export const EVT_PCM_XRUN = 0x1101;
/** Bit of a stream's features. */
export const PCM_F_EVT_XRUNS = 1 << 4;

export const [OUTPUT, INPUT] = [0, 1];

/** What samples are; each is a format that WAV files have, too. Interleaved, little-endian. */
export type SampleFormat = 'u8' | 's16' | 's24' | 's32' | 'float';

/** `VIRTIO_SND_PCM_FMT_*` and bytes of a sample. S24 is that of three bytes. */
export const sampleFormats: Readonly<Record<SampleFormat, { readonly code: number; readonly bytes: number }>> = {
  u8: { code: 4, bytes: 1 },
  s16: { code: 5, bytes: 2 },
  s24: { code: 11, bytes: 3 },
  s32: { code: 17, bytes: 4 },
  float: { code: 19, bytes: 4 },
};

/** Frames a second, by `VIRTIO_SND_PCM_RATE_*`. */
export const rates = [
  5512, 8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000, 176_400, 192_000, 384_000,
] as const;

export const MAX_CHANNELS = 2;
/** `VIRTIO_SND_CHMAP_*` by the number of channels: mono; front left, front right. */
export const positions: Readonly<Record<number, readonly number[]>> = { 1: [2], 2: [3, 4] };

/** How frames of a stream are. */
export interface FrameFormat {
  readonly sample: SampleFormat;
  readonly channels: number;
  readonly rate: number;
}

export const frameBytes = ({ sample, channels }: FrameFormat): number => sampleFormats[sample].bytes * channels;

export const words = (...list: number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(4 * list.length));
  list.forEach((word, n) => view.setUint32(4 * n, word, true));
  return new Uint8Array(view.buffer);
};
