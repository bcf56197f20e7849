import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { decode, rows } from '../a64/index.ts';
import { makeDecoder } from './decoder.ts';
import { randomWord } from './generator.ts';
import { insn, type Row } from './insn.ts';

const fixedBits = (row: Row): number => row.mask.toString(2).replaceAll('0', '').length;
const row = (name: string, pattern: string, when?: (fields: { f: number }) => boolean): Row =>
  insn(name, pattern as 'f:32', { ...(when ? { when } : {}), semantics: () => {} });

describe('priority', () => {
  const decodeThese = makeDecoder([
    row('general', '0000 f:28'),
    row('narrow', '0000 f:12 0000000000000001', ({ f }) => f !== 7),
    row('other', '0001 f:28'),
  ]);

  test('the row with more fixed bits wins', () => {
    expect(decodeThese(0x0001_0001)?.row.name).toBe('narrow');
    expect(decodeThese(0x0001_0002)?.row.name).toBe('general');
  });

  test('a word that the narrow row refuses is left to the general one', () => {
    expect(decodeThese(0x0007_0001)).toMatchObject({ row: { name: 'general' }, fields: { f: 0x0007_0001 } });
  });

  test('nothing matches', () => {
    expect(decodeThese(0x1000_0000)?.row.name).toBe('other');
    expect(decodeThese(0xf000_0000)).toBeUndefined();
  });
});

describe('rows of A64', () => {
  test('names are unique', () => {
    const names = rows.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  test('every row is reached, and only narrower rows take words from it', () => {
    const { next } = createRandom(1, 'decoder');
    const wrong: string[] = [];
    for (const wanted of rows) {
      let reached = 0;
      for (let i = 0; i < 200; i++) {
        const word = randomWord(wanted, next);
        const found = decode(word)?.row;
        if (found === wanted) reached++;
        else if (!found || fixedBits(found) <= fixedBits(wanted))
          wrong.push(`${wanted.name} ${word.toString(16)} ${found?.name}`);
      }
      if (reached === 0) wrong.push(`${wanted.name} is never reached`);
    }
    expect(wrong).toEqual([]);
  });
});
