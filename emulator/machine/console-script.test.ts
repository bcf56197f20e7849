import { describe, expect, test } from 'vitest';
import { ConsoleScript, startOf } from './console-script.ts';
import type { Script } from './types.ts';

/** What a script makes of a text: what it types, with what had been written by then, and how it ends. */
function play(script: Partial<Script>, text: string) {
  const running = new ConsoleScript({ sends: [], expects: [], ...script });
  const typed: [after: string, text: string][] = [];
  for (let at = 0; at < text.length; at++) {
    const { type, keys, verdict } = running.take(text.charCodeAt(at));
    if (keys) typed.push([text.slice(0, at + 1), `${keys.length} keys`]);
    if (type !== undefined) typed.push([text.slice(0, at + 1), type]);
    if (verdict) return { typed, verdict, at, matched: running.matched };
  }
  return { typed, verdict: undefined, at: text.length, matched: running.matched };
}

describe('a console script', () => {
  test('types at the moment a prompt ends, each once and in order', () => {
    const sends = [
      { pattern: '\\$ $', text: 'a' },
      { pattern: '\\$ $', text: 'b' },
    ];
    expect(play({ sends }, 'x$ $ $ ').typed).toEqual([
      ['x$ ', 'a'],
      ['x$ $ ', 'b'],
    ]);
  });

  test('presses keys in the same way, by a list of its own', () => {
    const sendKeys = [{ pattern: '\\$ $', keys: [] }];
    const sends = [{ pattern: '\\$ $', text: 'a' }];
    expect(play({ sends, sendKeys }, 'x$ $ ').typed).toEqual([
      ['x$ ', '0 keys'],
      ['x$ ', 'a'],
    ]);
  });

  test('expects in order, each behind the match of the one before', () => {
    expect(play({ expects: ['ab', 'b'] }, 'b ab ab')).toMatchObject({ verdict: 'expected', at: 6, matched: ['ab', 'b'] });
    expect(play({ expects: ['ab', 'ba'] }, 'aba')).toMatchObject({ verdict: undefined, matched: ['ab'] });
  });

  test('--fail comes before an expectation that the same byte meets', () => {
    expect(play({ expects: ['x'], fail: 'x' }, 'x').verdict).toBe('fail');
  });

  test('looks at each console by itself, and types where it saw the prompt', () => {
    const running = new ConsoleScript({ sends: [{ pattern: 'ab', text: 'x' }], expects: ['cd', 'd'] });
    const say = (stream: number, text: string) => [...text].map((each) => running.take(each.charCodeAt(0), stream)).at(-1);
    expect([say(0, 'a'), say(1, 'b'), say(0, 'b')?.type]).toMatchObject([{ type: undefined }, { type: undefined }, 'x']);
    say(0, 'd');
    say(1, 'cd');
    expect(running.matched).toEqual(['cd']);
    expect(say(0, 'd')?.verdict).toBe('expected');
  });

  test('^ and $ are ends of lines, and carriage returns do not count', () => {
    expect(play({ expects: ['^b$\\nc'] }, 'ab\r\nb\r\nc').verdict).toBe('expected');
    expect(play({ expects: ['^a'] }, 'a').verdict).toBe('expected');
    expect(play({ expects: ['a', '^b'] }, 'ab').verdict).toBe(undefined);
    expect(play({ expects: ['a\\n', '^b'] }, 'a\nb').verdict).toBe('expected');
  });

  test('^ does not hold where the text that is kept begins', () => {
    const long = 'y'.repeat(5) + 'x'.repeat(20_000);
    expect(play({ expects: ['^x'] }, long).verdict).toBe(undefined);
    expect(play({ expects: ['^x'] }, `${long}\nx`)).toMatchObject({ verdict: 'expected', at: long.length + 1 });
  });

  test('a beginning that leads to no match, and is too long ago, hides no other', () => {
    const long = `go${'x'.repeat(20_000)}`;
    expect(play({ expects: ['go*n'] }, `${long}gon`)).toMatchObject({ verdict: 'expected', at: long.length + 2 });
    expect(play({ expects: ['go[^]*n'] }, `${long}gon`).matched).toEqual(['gon']);
    expect(play({ expects: ['go[^]*n'] }, `go${'x'.repeat(8189)}n`).verdict).toBe('expected');
    expect(play({ expects: ['go[^]*n'] }, `go${'x'.repeat(8190)}n`).verdict).toBe(undefined);
  });
});

test('the plain beginning of a pattern', () => {
  const starts = {
    'ab c$': 'ab c',
    '^ab': 'ab',
    'abc*': 'ab',
    'ab?': 'a',
    'ab{2}': 'a',
    'a(b)': 'a',
    '\\$ ': '',
    '.a': '',
    'ab|c': '',
    '': '',
  };
  for (const [pattern, start] of Object.entries(starts)) expect([pattern, startOf(pattern)]).toEqual([pattern, start]);
});
