import { expect, test } from 'vitest';
import type { FrameFormat } from '../../../emulator/machine/sound-settings.ts';
import { readWav, wavHeader } from './wav.ts';

const file = (format: FrameFormat, bytes: Uint8Array) => Buffer.concat([wavHeader(format, bytes.length), bytes]);

test.each(['u8', 's16', 's24', 's32', 'float'] as const)('samples of %s come back', (sample) => {
  const format = { sample, channels: 2, rate: 44_100 };
  const bytes = Uint8Array.from({ length: 48 }, (_, n) => n);
  expect(readWav(file(format, bytes))).toEqual({ format, bytes });
});

test('other chunks do not matter, and a file that is cut has what it has', () => {
  const format = { sample: 's16', channels: 1, rate: 8000 } as const;
  const whole = file(format, new Uint8Array(100).fill(7));
  const list = Buffer.from('LIST\u0003\0\0\0abc\0', 'latin1');
  const longer = Buffer.concat([whole.subarray(0, 36), list, whole.subarray(36, 60)]);
  expect(readWav(longer)).toEqual({ format, bytes: new Uint8Array(16).fill(7) });
});

test.each([
  ['nothing', Buffer.alloc(0), /not a WAV file/],
  ['text', Buffer.from('RIFF but not sound'), /not a WAV file/],
  ['a header alone', Buffer.from('RIFF\0\0\0\0WAVEfmt \x10\0\0\0'), /truncated/],
  ['no data', file({ sample: 's16', channels: 1, rate: 1 }, new Uint8Array()).subarray(0, 36), /no data/],
  ['64 bits', Buffer.from(file({ sample: 's16', channels: 1, rate: 1 }, new Uint8Array())).fill(64, 34, 35), /64 bits/],
])('%s is told', (_name, bytes, message) => expect(readWav(bytes)).toMatch(message));
