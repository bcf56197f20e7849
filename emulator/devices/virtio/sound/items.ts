import {
  INPUT,
  MAX_CHANNELS,
  OUTPUT,
  PCM_F_EVT_XRUNS,
  positions,
  rates,
  sampleFormats,
  words,
  type FrameFormat,
} from './protocol.ts';

/** What a stream can do. */
export interface StreamAbilities {
  readonly direction: number;
  readonly formats: readonly FrameFormat['sample'][];
  readonly rates: readonly number[];
  readonly channels: { readonly min: number; readonly max: number };
}

export const anyOutput: StreamAbilities = {
  direction: OUTPUT,
  formats: Object.keys(sampleFormats) as FrameFormat['sample'][],
  rates,
  channels: { min: 1, max: MAX_CHANNELS },
};
export const anyInput: StreamAbilities = { ...anyOutput, direction: INPUT };

/** A stream that gives what was recorded once, unchanged. */
export const onlyInput = ({ sample, channels, rate }: FrameFormat): StreamAbilities => ({
  ...{ direction: INPUT, formats: [sample], rates: [rate], channels: { min: channels, max: channels } },
});

const bits = (list: readonly number[]): number => list.reduce((sum, bit) => sum + 2 ** bit, 0);

/** Pins (HDA 1.0a §7.3.3.31, §7.3.4.9): the default device, its association, and what the pin can do beside detecting presence. */
const pins = [
  { device: 0x1, association: 1, capability: 0x10 },
  { device: 0xa, association: 2, capability: 0x20 },
];
const PRESENCE_DETECT = 0x4;

/** A speaker and a microphone (§5.14.6.4.1). */
export const jackItems: readonly Uint8Array[] = pins.map(({ device, association, capability }) =>
  joined(
    words(0, 0, device * 0x10_0000 + association * 0x10, capability | PRESENCE_DETECT),
    Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0),
  ),
);

/** §5.14.6.6.2. */
export function streamItem({ direction, formats, rates: known, channels }: StreamAbilities): Uint8Array {
  const formatBits = bits(formats.map((format) => sampleFormats[format].code));
  const rateBits = bits(known.map((rate) => (rates as readonly number[]).indexOf(rate)));
  const counts = Uint8Array.of(direction, channels.min, channels.max, 0, 0, 0, 0, 0);
  return joined(words(0, PCM_F_EVT_XRUNS, formatBits, 0, rateBits, 0), counts);
}

/** Of both directions (§5.14.6.9.1). */
export const channelMapItems: readonly Uint8Array[] = [OUTPUT, INPUT].flatMap((direction) =>
  Object.values(positions).map((list) => {
    const item = new Uint8Array(24);
    item.set([direction, list.length, ...list], 4);
    return item;
  }),
);

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
