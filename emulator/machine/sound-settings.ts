/** What whoever gives a machine sound needs: which frames its card knows. */
import { MAX_CHANNELS, rates, type FrameFormat } from '../devices/virtio/sound/protocol.ts';

export type { FrameFormat };

/** Whether the card has such streams. */
export const isPlayable = ({ channels, rate }: FrameFormat): boolean =>
  channels >= 1 && channels <= MAX_CHANNELS && (rates as readonly number[]).includes(rate);
