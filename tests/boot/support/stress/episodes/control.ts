/** Control flow that cannot be foreseen: recursion, jump tables, return addresses that change; and what interrupts and time show. */
import { block } from '../../branchy.ts';
import { offsets } from '../functions.ts';
import type { Episode } from '../guest.ts';
import { CODE_PAGES, views, windowPage } from '../layout.ts';

const fibonacci = (n: number): number => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));

export const recursion: Episode = (guest) => {
  const { a } = guest;
  const [self, end, past] = [guest.label(), guest.label(), guest.label()];
  const n = 6 + guest.pick(6);
  a.b(past);
  a.label(self);
  a.cmpi(0, 2);
  a.bIf('lt', end);
  a.push(30, 0);
  a.subi(0, 0, 1);
  a.bl(self);
  a.pop(30, 1);
  a.push(30, 0);
  a.subi(0, 1, 2);
  a.bl(self);
  a.pop(30, 1);
  a.add(0, 0, 1);
  a.label(end);
  a.ret();
  a.label(past);
  a.mov(0, n);
  a.bl(self);
  guest.expectValue(0, fibonacci(n));
};

/** Branches by a register to places a few words apart, some backward; and calls by a table of functions in several pages. */
export const jumpTable: Episode = (guest) => {
  const { a } = guest;
  const [cases, join, functions, past] = [guest.label(), guest.label(), guest.label(), guest.label()];
  const isBackward = guest.pick(2) === 0;
  const writeCases = (): void => {
    a.label(cases);
    for (let n = 0; n < 4; n++) {
      a.eor(n, n + 1, 5, 1 + guest.pick(60));
      a.add(4, 4, n);
      a.subi(5, 5, guest.pick(100));
      a.b(join);
    }
  };
  if (isBackward) {
    a.b(past);
    writeCases();
    a.label(past);
  }
  guest.times(24, 150, () => {
    a.eor(9, 24, 4, 5);
    a.bits(9, 9, 0, 2);
    a.lsl(9, 9, 4);
    a.adr(10, cases);
    a.add(10, 10, 9);
    a.br(10);
    if (!isBackward) writeCases();
    a.label(join);
  });
  const start = guest.label();
  a.b(start);
  a.label(functions);
  for (let n = 0; n < 8; n++) {
    const page = windowPage(guest.oneOf(views.code, views.alias) + guest.pick(CODE_PAGES - 1));
    a.word(page + guest.oneOf(offsets.work, offsets.who, offsets.value), 0);
  }
  a.label(start);
  guest.times(24, 60, () => {
    a.eor(9, 24, 4, 11);
    a.bits(9, 9, 0, 3);
    a.lsl(9, 9, 3);
    a.adr(10, functions);
    a.add(10, 10, 9);
    a.ldr(16, 10);
    a.blr(16);
    a.eor(4, 4, 0, 17);
  });
};

/** Functions that return elsewhere: some words further, out of their caller as well, by another register, by a return address in memory. */
export const returns: Episode = (guest) => {
  const { a } = guest;
  const [skip, outer, inner, byMemory, past] = [guest.label(), guest.label(), guest.label(), guest.label(), guest.label()];
  a.b(past);
  a.label(skip);
  a.eor(9, 24, 4, 3);
  a.bits(9, 9, 0, 2);
  a.lsl(9, 9, 2);
  a.add(30, 30, 9);
  a.ret();
  // Two levels up at once.
  a.label(outer);
  a.movReg(15, 30);
  a.bl(inner);
  a.eor(3, 3, 4, 21);
  a.ret(15);
  a.label(inner);
  a.bits(9, 24, 0, 1);
  a.cmpi(9, 0);
  a.csel(30, 30, 15, 'eq');
  a.ret();
  a.label(byMemory);
  a.push(30, 31);
  a.word(...block(guest.pick, 3));
  a.ldr(9, 31);
  a.addi(9, 9, 4 * guest.pick(3));
  a.str(9, 31);
  a.pop(30, 17);
  a.ret();
  a.label(past);
  guest.times(24, 80, () => {
    a.bl(skip);
    for (let n = 0; n < 4; n++) a.eor(n, n + 1, 4, 1 + guest.pick(60));
    a.bl(outer);
    a.bl(byMemory);
    for (let n = 0; n < 4; n++) a.addi(n, n + 1, guest.pick(4000));
  });
};

/** Interrupts are let in for a few instructions at a time, and some are raised by the program itself. */
export const masks: Episode = (guest) => {
  const { a } = guest;
  guest.times(24, 60, () => {
    a.daifSet(2);
    a.word(...block(guest.pick, 2 + guest.pick(4)));
    const past = guest.label();
    a.bits(9, 24, 0, 3);
    a.cbnz(9, past);
    // SGI 0 to ourselves.
    a.mov(9, 1);
    a.msr('ICC_SGI1R_EL1', 9);
    a.isb();
    a.label(past);
    a.word(...block(guest.pick, guest.pick(4)));
    a.daifClear(2);
    a.word(...block(guest.pick, guest.pick(4)));
  });
};

/** The counter shows how many instructions ran. */
export const time: Episode = (guest) => {
  const { a } = guest;
  guest.times(24, 40, () => {
    a.word(...block(guest.pick, 2 + guest.pick(6)));
    a.mrs(9, guest.oneOf('CNTVCT_EL0', 'CNTPCT_EL0'));
    a.eor(4, 4, 9, 31);
    a.eor(5, 4, 5, 1);
    if (guest.pick(2) === 0) guest.call(windowPage(guest.pick(7)) + offsets.work);
  });
};
