/** The libraries of our guests: published vectors, the bits of an independent codec, and the same bits on every machine. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { full, needs } from '../support/packages.ts';
import { guestLines } from './support/guest-lines.ts';
import { buildSpeechHost, type SpeechHost } from './support/speech-host.ts';

const FRAMES = 100;

/** What the guest prints on our machine. */
const { lines } = guestLines('vectors', String(FRAMES));

/** What stands behind a name, line by line. */
const told = (name: string): string[] =>
  lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

test('GSM 06.10: a homing frame takes either side home, and the next one the far side (ETS 300 961 clause 4)', () => {
  expect(told('homing')).toEqual([
    'frame d2577a1cda50004924924924500049249249245000492492492450004923924924',
    'second second home',
  ]);
});

test('A5/1: the vector of Briceno, Goldberg and Wagner, and COUNT of the last frame of a hyperframe', () => {
  expect(told('a51')).toEqual([
    'downlink 534eaa582fe8151ab6e1855a728c00',
    'uplink 24fd35a35d5fb6526d32f906df1ac0',
    'count 3ffe59',
  ]);
});

test('AES-128: FIPS 197 C.1, SP 800-38A F.2.1, RFC 4493', () => {
  expect(told('aes')).toEqual(['encrypt 69c4e0d86a7b0430d8cdb78070b4c55a', 'decrypt 00112233445566778899aabbccddeeff']);
  expect(told('cbc')).toEqual([
    'encrypt 7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b273bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7',
    'decrypt 6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  ]);
  expect(told('cmac')).toEqual([
    'bb1d6929e95937287fa37d129b756746',
    '070a16b46b4d4144f79bdd9dd04a287c',
    'dfa66747de9ae63030ca32611497c827',
    '51f0bebf7e3b9d92fc49741779363cfe',
  ]);
});

test('SHA-256 and HMAC: FIPS 180-4, RFC 4231', () => {
  expect(told('sha256')).toEqual([
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ]);
  expect(told('hmac')).toEqual([
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ]);
});

test('GSM 06.10: the bits that libgsm 1.0.22 gave, of frames, of their sound and of the sound of random frames', () => {
  expect(told('speech')).toEqual([
    'voice 100 dfe6632163bb859c 61e53f1c9d8b5008 3db6995ee277c080',
    'noise 100 b6b923a97d762191 62513b46ec33634d 1d78c9ba55f8dfb3',
    'square 100 e7ad9926c052552c bb11c1b85d7bd4a4 9f8f9044e22f105b',
    'quiet 100 4853e81ccdbab687 fdec86d2a82f70f3 7970c88e330972f4',
    'steps 100 8ea9fd272ae020bd 2289feaf02854200 94adb12944cfbde1',
    'silence 100 b25ffc39f9cf3076 afa29a04528cabc2 36aecf09bb7d9332',
  ]);
});

describe.skipIf(needs('clang', 'libgsm1-dev'))('built for this machine', () => {
  let host: SpeechHost;
  beforeAll(() => {
    host = buildSpeechHost();
  });
  afterAll(() => host.close());

  test('all lines are the same', () => {
    expect(host.lines('ours', FRAMES)).toEqual(lines);
  });

  test('minutes of speech give the bits of libgsm', () => {
    const frames = full ? 200_000 : 10_000;
    expect(host.lines('ours', frames).filter((line) => line.startsWith('speech'))).toEqual(host.lines('libgsm', frames));
  });
});
