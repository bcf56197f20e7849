/** Our disassembly beside that of objdump: what one writes the other writes, and what it accepts of our features we decode. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../emulator/base/random.ts';
import { disassemble } from '../../emulator/debug/isa.ts';
import { encodingClassOf, encodingClasses, implementedFeatures } from '../../emulator/isa/a64/encoding-classes.ts';
import { rows } from '../../emulator/isa/a64/index.ts';
import { coverageOf } from '../../emulator/isa/derive/coverage.ts';
import { randomWord } from '../../emulator/isa/derive/generator.ts';
import { guestFile } from '../support/guests.ts';
import { normal, objdump } from '../support/objdump.ts';
import { full, needs } from '../support/packages.ts';

const isOurs = (feature: string | undefined): boolean =>
  feature === undefined || (implementedFeatures as readonly string[]).includes(feature);

/** objdump reads all of op0 = 0 as moves to and from registers that have no name; the architecture allocates none of it there. */
const namelessRegister = /^(msr s0_|mrs \w+, s0_)/;

const { next } = createRandom(20_240, 'disassembly');
const uniform = (count: number): Uint32Array => Uint32Array.from({ length: count }, next);
const ofEachRow = (count: number): Uint32Array =>
  Uint32Array.from({ length: rows.length * count }, (_, i) => randomWord(rows[i % rows.length] as (typeof rows)[0], next));
const ofEachClass = (count: number): Uint32Array => {
  const ours = encodingClasses.filter(({ feature }) => isOurs(feature));
  return Uint32Array.from({ length: ours.length * count }, (_, i) => {
    const { mask, value } = ours[i % ours.length] as (typeof ours)[0];
    return ((next() & ~mask) | value) >>> 0;
  });
};

/** How many words both write alike; throws with the first differences. */
function compare(words: Uint32Array): number {
  const differences: string[] = [];
  let alike = 0;
  objdump(words).forEach((theirs, i) => {
    const word = words[i] as number;
    const text = disassemble(word, BigInt(i * 4));
    const ours = text === undefined ? undefined : normal(text);
    if (ours === theirs) {
      if (ours !== undefined) alike++;
    } else if (ours !== undefined || (isOurs(encodingClassOf(word)?.feature) && !namelessRegister.test(theirs ?? ''))) {
      const place = encodingClassOf(word)?.name ?? 'no class';
      differences.push(`${word.toString(16).padStart(8, '0')} (${place}): ours ${ours}, objdump ${theirs}`);
    }
  });
  if (differences.length > 0) throw new Error(`${differences.length} differences:\n${differences.slice(0, 40).join('\n')}`);
  return alike;
}

/** Of 10^6 words. */
const share = full ? 1 : 0.1;

describe.skipIf(needs('binutils-aarch64-linux-gnu'))('like objdump', () => {
  test('words that rows allocate', () => {
    const words = ofEachRow(Math.ceil((500_000 / rows.length) * share));
    expect(compare(words)).toBeGreaterThan(words.length * 0.98);
  });

  test('words of the classes of our features', () => {
    expect(compare(ofEachClass(Math.ceil(2500 * share)))).toBeGreaterThan(0);
  });

  test('any words', () => {
    expect(compare(uniform(300_000 * share))).toBeGreaterThan(0);
  });

  const image = guestFile('Image-cloud');
  test.skipIf(!full || !image)('the text of the Debian kernel', () => {
    const words = [...new Set(textOf(image as string))];
    for (let at = 0; at < words.length; at += 250_000) compare(Uint32Array.from(words.slice(at, at + 250_000)));
    expect(words.length).toBeGreaterThan(100_000);
  });
});

describe('coverage', () => {
  const table = coverageOf(encodingClasses, rows);

  test('every class of our features has rows, and no other has', () => {
    expect(table.filter(({ feature, done }) => done !== isOurs(feature)).map(({ name }) => name)).toEqual([]);
  });

  test('rows name the feature of their classes', () => {
    const features = new Map(rows.map(({ name, feature }) => [name, feature]));
    const wrong = table.flatMap(({ feature, rows: names }) => names.filter((name) => features.get(name) !== feature));
    expect(wrong).toEqual([]);
  });
});

/** The words of the `.text` section of a Linux Image, which is a PE file too (Documentation/arch/arm64/booting.rst). */
function textOf(path: string): Uint32Array {
  const file = readFileSync(path);
  const image = file.readUInt16LE(0) === 0x8b1f ? gunzipSync(file) : file;
  const header = image.readUInt32LE(0x3c);
  const sections = header + 24 + image.readUInt16LE(header + 20);
  for (let i = 0; i < image.readUInt16LE(header + 6); i++) {
    const section = image.subarray(sections + 40 * i, sections + 40 * (i + 1));
    if (!section.toString('latin1', 0, 8).startsWith('.text')) continue;
    const [size, offset] = [section.readUInt32LE(16), section.readUInt32LE(20)];
    return new Uint32Array(image.buffer.slice(image.byteOffset + offset, image.byteOffset + offset + (size & ~3)));
  }
  throw new Error(`${path} has no .text section`);
}
