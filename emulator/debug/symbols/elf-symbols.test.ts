import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { brokenGuest, brokenImage } from '../../../tests/boot/support/broken.ts';
import { needs } from '../../../tests/support/packages.ts';
import { symbolsOf } from './elf-symbols.ts';

const lacksCompiler = needs('gcc-aarch64-linux-gnu');

test.skipIf(lacksCompiler)('the symbols are those that nm lists', () => {
  const listed = execFileSync('aarch64-linux-gnu-nm', [brokenGuest('stack-overflow')], { encoding: 'utf8' });
  const symbols = symbolsOf([brokenImage('stack-overflow')]);
  const rows = listed
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [string, string, string]);
  const named = rows.filter(([, kind, name]) => kind !== 'a' && !name.startsWith('$'));
  expect(named.length).toBeGreaterThan(8);
  for (const [address, kind, name] of named) {
    expect(symbols.find(name), name).toBe(BigInt(`0x${address}`));
    if (/^[tT]$/.test(kind)) expect(symbols.nearest(BigInt(`0x${address}`))?.kind, name).toBe('code');
  }
});

test.skipIf(lacksCompiler)('an address is named by what it lies in, and not by what is far below', () => {
  const symbols = symbolsOf([brokenImage('stack-overflow')]);
  const descend = symbols.find('descend') as bigint;
  expect(symbols.nearest(descend + 8n)).toEqual({ name: 'descend', offset: 8n, kind: 'code' });
  expect(symbols.nearest(descend - 1n)?.name).toBe('main');
  expect(symbols.nearest(0x1000n)).toBeUndefined();
  expect(symbols.nearest(0x7fff_0000_0000n)).toBeUndefined();
});

test.skipIf(lacksCompiler)('damaged files give fewer symbols, never an exception', () => {
  const image = brokenImage('healthy');
  const change = fc.tuple(fc.nat(image.length - 1), fc.nat(255));
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 20 }),
      fc.nat(image.length),
      fc.bigInt(0n, 2n ** 64n - 1n),
      (changes, length, at) => {
        const damaged = image.slice(0, length);
        for (const [where, value] of changes) if (where < length) damaged[where] = value;
        // The header is what matters most.
        for (const [where, value] of changes.slice(0, 4)) if (length > 64) damaged[16 + (where % 48)] = value;
        symbolsOf([damaged]).nearest(at);
      },
    ),
    { numRuns: 300 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => symbolsOf([bytes]).find('x') === undefined));
});
