/** Code that changes: in another page and in its own, through any of its addresses, with the synchronization that software should do and without. */
import { plain } from '../../branchy.ts';
import { offsets } from '../functions.ts';
import type { Episode } from '../guest.ts';
import { poolPage, views, windowPage } from '../layout.ts';

const MOVZ_X0 = 0xd2800000;

/** A function of another page gets another constant and another instruction in its loop. */
export const patchCallee: Episode = (guest) => {
  const { a } = guest;
  const page = guest.pick(7);
  const { body } = guest.functions[page] as (typeof guest.functions)[0];
  const synchronized = guest.pick(2) === 0;
  guest.times(24, 12, () => {
    a.eor(12, 27, 24);
    a.bits(12, 12, 0, 16);
    a.mov(9, MOVZ_X0);
    a.orr(9, 9, 12, 5);
    a.mov(11, guest.someView(page, offsets.value));
    a.strw(9, 11);
    if (synchronized) guest.synchronize(11);
    guest.call(guest.someView(page, offsets.value));
    if (synchronized) guest.expectEqual(0, 12);
    const at = body.first + 4 * guest.pick(body.count);
    const [one, other] = [plain(guest.pick), plain(guest.pick)];
    a.mov(9, one);
    a.mov(10, other);
    a.cmpi(24, 6);
    a.csel(9, 9, 10, 'hi');
    a.mov(11, guest.someView(page, at));
    a.strw(9, 11);
    if (guest.pick(2) === 0) guest.synchronize(11);
    guest.call(guest.someView(page, guest.oneOf(offsets.work, offsets.calls)));
    // A second call runs what the first may have translated.
    guest.call(guest.someView(page, offsets.work));
  });
  a.mov(9, MOVZ_X0 | ((0x100 + page) << 5));
  a.mov(11, poolPage(page));
  a.strw(9, 11);
  guest.synchronize(11);
};

/** A loop changes an instruction of its own: before it, behind it, or just ahead, or the branch that closes it. */
export const patchOwnLoop: Episode = (guest) => {
  const { a } = guest;
  const [site, past, loop] = [guest.label(), guest.label(), guest.label()];
  const place = guest.pick(4);
  a.adr(11, site);
  if (place < 3) {
    a.mov(9, plain(guest.pick));
    a.mov(10, plain(guest.pick));
  }
  a.mov(21, 96);
  const words = (): void => a.word(...Array.from({ length: guest.pick(4) }, () => plain(guest.pick)));
  const patch = (): void => {
    a.bits(12, 21, 0, 3);
    a.cbnz(12, past);
    if (place === 3) {
      // B.NE and B.HI behind SUBS do the same.
      a.ldrw(9, 11);
      a.mov(10, 1 ^ 8);
      a.eor(9, 9, 10);
    }
    a.strw(9, 11);
    if (place < 3) {
      a.movReg(13, 9);
      a.movReg(9, 10);
      a.movReg(10, 13);
    }
    if (guest.pick(3) === 0) guest.synchronize(11);
  };
  a.label(loop);
  words();
  if (place === 0) {
    a.label(site);
    a.word(plain(guest.pick));
    words();
  }
  patch();
  if (place === 1) {
    a.label(site);
    a.word(plain(guest.pick));
    a.label(past);
  } else a.label(past);
  words();
  if (place === 2) {
    a.label(site);
    a.word(plain(guest.pick));
  }
  a.eor(4, 4, 5, 7);
  a.subsi(21, 21, 1);
  if (place === 3) a.label(site);
  a.bIf('ne', loop);
};

/** The caller is hot, and between two calls the callee changes under it, through another address. */
export const patchUnderLoop: Episode = (guest) => {
  const { a } = guest;
  const page = guest.pick(7);
  const past = guest.label();
  a.movReg(14, 31);
  guest.times(24, 100, () => {
    a.bits(12, 24, 0, 2);
    a.cbnz(12, past);
    a.mov(9, MOVZ_X0);
    a.orr(9, 9, 24, 5);
    a.mov(11, windowPage(views.alias + page));
    a.strw(9, 11);
    guest.synchronize(11);
    a.movReg(14, 24);
    a.label(past);
    guest.call(windowPage(views.code + page));
    guest.expectEqual(0, 14);
    a.eor(4, 4, 0, 9);
  });
  a.mov(9, MOVZ_X0 | ((0x100 + page) << 5));
  a.mov(11, poolPage(page));
  a.strw(9, 11);
  guest.synchronize(11);
};

/** A page of functions is written as a whole, as a loader does, and called. */
export const copyPage: Episode = (guest) => {
  const { a } = guest;
  const page = guest.pick(7);
  guest.call(windowPage(page) + offsets.work);
  a.mov(11, poolPage(page));
  a.mov(12, poolPage(page) + 4096);
  const copy = guest.label();
  a.label(copy);
  a.ldr(9, 11);
  a.str(9, 11);
  a.addi(11, 11, 8);
  a.cmp(11, 12);
  a.bIf('ne', copy);
  a.sys('IC IALLU');
  a.dsb();
  a.isb();
  guest.call(windowPage(page) + offsets.who);
  guest.expectValue(0, page);
  guest.times(24, 10, () => guest.call(windowPage(page) + offsets.calls));
};
