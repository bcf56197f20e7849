/** Exceptions in hot code: at every instruction, of every kind, from both levels; and those of self-hosted debug. */
import { offsets } from '../functions.ts';
import type { Episode, Guest } from '../guest.ts';
import { cells, CODE_PAGES, DATA, poolPage, views, windowPage } from '../layout.ts';

const BRK_RESTORE = 0xd4200020;
const UNMAPPED_PAGE = 60;
/** What takes the place of an instruction: X19 points to an unmapped page, X25 to an odd address. */
const raising = [
  BRK_RESTORE,
  0xd4200000, // brk #0
  0xd4000001, // svc #0
  0x00000000, // udf
  0xf9400265, // ldr x5, [x19]
  0xf9000265, // str x5, [x19]
  0xc85f7f25, // ldxr x5, [x25]
  0xa9400664, // ldp x4, x1, [x19]
];

/** Each instruction of a loop in turn gives way to one that raises an exception; the handler skips it, or puts it back. */
export const raiseEverywhere: Episode = (guest) => {
  const { a } = guest;
  const page = guest.pick(7);
  const { body } = guest.functions[page] as (typeof guest.functions)[0];
  const view = guest.oneOf(views.code, views.alias);
  a.mov(19, windowPage(UNMAPPED_PAGE));
  a.mov(25, DATA + 1);
  guest.times(24, body.count, () => {
    a.lsl(11, 24, 2);
    a.mov(10, poolPage(page) + body.first - 4);
    a.add(11, 11, 10);
    a.ldrw(26, 11);
    a.str(26, 28, cells.brkWord);
    a.str(11, 28, cells.brkAddress);
    // By the round and the place.
    const kinds = guest.label();
    a.add(9, 24, 27);
    a.bits(9, 9, 0, 3);
    a.adr(10, kinds);
    a.lsl(9, 9, 2);
    a.add(10, 10, 9);
    a.ldrw(12, 10);
    a.strw(12, 11);
    guest.synchronize(11);
    a.push(11, 26);
    guest.call(windowPage(view + page) + offsets.work);
    a.pop(11, 26);
    a.strw(26, 11);
    guest.synchronize(11);
    guest.call(windowPage(view + page) + offsets.work);
    const past = guest.label();
    a.b(past);
    a.label(kinds);
    a.word(...raising);
    a.label(past);
  });
};

/** Accesses of a loop fault because their page is not mapped; the handler maps it, and they are done again. */
export const dataFaults: Episode = (guest) => {
  const { a } = guest;
  const page = views.data + guest.pick(4);
  a.mov(20, windowPage(page));
  guest.times(24, 16, () => {
    guest.map(0, page, 31);
    guest.invalidate(page, 1);
    a.mov(13, guest.descriptor(page));
    guest.repair(page, 13);
    guest.call(windowPage(guest.pick(7)) + guest.oneOf(offsets.work, offsets.calls));
    // Some function may not have touched it.
    guest.map(0, page, 13);
    a.str(31, 28, cells.fixAddress);
    a.dsb();
  });
  a.mov(20, DATA);
};

/** EL0 runs code that EL1 runs too, and asks for system calls in between. */
export const user: Episode = (guest) => {
  const page = guest.pick(CODE_PAGES - 1);
  guest.times(26, 3, () => {
    enterUser(guest, page);
    guest.call(windowPage(page) + offsets.work);
  });
};

/** Goes to EL0, with nothing masked, until SVC #1. */
function enterUser(guest: Guest, page: number): void {
  const { a } = guest;
  const back = guest.label();
  a.adr(9, back);
  a.str(9, 28, cells.goOn);
  a.mov(9, windowPage(views.user + page) + offsets.user);
  // An interrupt would leave its own return address behind.
  a.daifSet(2);
  a.msr('ELR_EL1', 9);
  a.msr('SPSR_EL1', 31);
  a.mov(20, windowPage(views.userData + guest.pick(4)));
  a.push(26, 24);
  a.eret();
  a.label(back);
  a.pop(26, 24);
  a.mov(20, DATA);
  a.daifClear(2);
}

const MDE = 1 << 15;
const KDE = 1 << 13;
const SS = 1;
const D = 8;

/** Runs `body` with self-hosted debug on, as MDSCR_EL1 says, and hot code before and after. */
function debugged(guest: Guest, mdscr: number, body: () => void): void {
  const { a } = guest;
  a.mov(9, mdscr);
  a.msr('MDSCR_EL1', 9);
  a.isb();
  a.daifClear(D);
  body();
  a.daifSet(D);
  a.msr('MDSCR_EL1', 31);
  a.isb();
}

/** A breakpoint on an instruction of a hot function, at either level. */
export const breakpoints: Episode = (guest) => {
  const { a } = guest;
  const page = guest.pick(7);
  const { body } = guest.functions[page] as (typeof guest.functions)[0];
  const work = windowPage(page) + offsets.work;
  guest.times(26, 6, () => {
    guest.times(24, 4, () => guest.call(work));
    const at = body.first + 4 * guest.pick(body.count);
    const isUser = guest.pick(3) === 0;
    a.mov(9, windowPage((isUser ? views.user : views.code) + page) + at);
    a.msr('DBGBVR0_EL1', 9);
    a.mov(9, 0x1e7);
    a.msr('DBGBCR0_EL1', 9);
    debugged(guest, MDE | KDE, () => {
      if (isUser) enterUser(guest, page);
      else guest.call(work);
    });
    guest.call(work);
    a.msr('DBGBCR0_EL1', 31);
  });
};

/** A watchpoint on data that a hot function uses. */
export const watchpoints: Episode = (guest) => {
  const { a } = guest;
  const page = guest.pick(7);
  guest.times(26, 6, () => {
    guest.times(24, 4, () => guest.call(windowPage(page) + offsets.calls));
    // Another word each time: not every function uses every one.
    a.madd(9, 26, 27, 24);
    a.bits(9, 9, 0, 6);
    a.lsl(9, 9, 3);
    a.add(9, 9, 20);
    a.msr('DBGWVR0_EL1', 9);
    a.mov(9, 0x1fff);
    a.msr('DBGWCR0_EL1', 9);
    debugged(guest, MDE | KDE, () => guest.call(windowPage(page) + offsets.calls));
    a.msr('DBGWCR0_EL1', 31);
  });
};

/** Some instructions of a hot function are stepped, the rest of it runs on. */
export const singleStep: Episode = (guest) => {
  const { a } = guest;
  const page = guest.pick(7);
  const work = windowPage(page) + offsets.work;
  guest.times(26, 6, () => {
    guest.times(24, 4, () => guest.call(work));
    const back = guest.label();
    a.mov(9, 1 + guest.pick(60));
    a.str(9, 28, cells.steps);
    a.mov(9, work);
    // An interrupt, as the ISB may take one, would leave its own return address behind.
    a.daifSet(2);
    a.msr('ELR_EL1', 9);
    // EL1h, D clear, A, I and F set; PSTATE.SS.
    a.mov(9, 0x1c5 | (1 << 21));
    a.msr('SPSR_EL1', 9);
    a.mov(9, SS | KDE);
    a.msr('MDSCR_EL1', 9);
    a.isb();
    a.adr(30, back);
    a.eret();
    a.label(back);
    a.msr('MDSCR_EL1', 31);
    a.isb();
    a.daifSet(D);
    a.daifClear(2);
  });
};
