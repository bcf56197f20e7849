import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { exceptionClass } from '../../isa/derive/semantics.ts';
import { exceptionClasses } from './classes.ts';
import { decodeSyndrome, syndromeText } from './decode.ts';
import { faultStatus } from './fault-status.ts';

const text = (esr: number): string => syndromeText(decodeSyndrome(BigInt(esr)));

test('syndromes that are known from kernels', () => {
  // A store of the kernel to nowhere, level 3; a branch to nowhere; a system call; BRK of WARN_ON.
  expect(text(0x96000047)).toBe('EC 0x25, IL 1, ISS 0x47: WnR 1 (write), DFSC 7 (Translation fault, level 3)');
  expect(text(0x86000006)).toBe('EC 0x21, IL 1, ISS 0x6: IFSC 6 (Translation fault, level 2)');
  expect(text(0x56000000)).toBe('EC 0x15, IL 1, ISS 0x0');
  expect(text(0xf2000800)).toBe('EC 0x3c, IL 1, ISS 0x800: Comment 0x800');
});

test('a trapped system register is named', () => {
  // MRS X5, CNTVCT_EL0: op0 3, op1 3, CRn 14, CRm 0, op2 2.
  const iss = (3 << 20) | (2 << 17) | (3 << 14) | (14 << 10) | (5 << 5) | 1;
  expect(text(0x62000000 + iss)).toContain('Op0 3 (CNTVCT_EL0)');
  expect(text(0x62000000 + iss)).toContain('Rt 5, Direction 1 (read (MRS))');
});

test('fields of a class lie in its ISS and apart from each other', () => {
  for (const [ec, { name, iss }] of Object.entries(exceptionClasses)) {
    let taken = 0;
    for (const { from, width } of iss) {
      const mask = (2 ** width - 1) * 2 ** from;
      expect(from + width, `${name} (EC ${ec})`).toBeLessThanOrEqual(25);
      expect(taken & mask, `${name} (EC ${ec})`).toBe(0);
      taken |= mask;
    }
  }
});

test('every class that instructions raise is in the table', () => {
  for (const ec of Object.values(exceptionClass)) expect(exceptionClasses[ec], `EC ${ec}`).toBeDefined();
});

test('levels are told where the code has one', () => {
  expect([0x07, 0x0b, 0x0f, 0x15, 0x21].map((code) => faultStatus(code).level)).toEqual([3, 3, 3, 1, undefined]);
});

test('any value is decoded', () => {
  fc.assert(fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (esr) => syndromeText(decodeSyndrome(esr)).startsWith('EC 0x')));
});
