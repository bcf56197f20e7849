/** The same address leads elsewhere: hot code and hot data are mapped anew, with every kind of TLBI and without, and under other ASIDs. */
import { offsets } from '../functions.ts';
import type { Episode, Guest } from '../guest.ts';
import { CODE_PAGES, DATA, DATA_PAGES, LEVEL1, views, windowPage } from '../layout.ts';

/** X19 becomes one of two numbers of pool pages, by bit 2 of X24, and X13 its descriptor. */
function choose(guest: Guest, one: number, other: number): void {
  const { a } = guest;
  const chosen = guest.label();
  a.mov(13, guest.descriptor(one));
  a.mov(19, one);
  a.tbz(24, 2, chosen);
  a.mov(13, guest.descriptor(other));
  a.mov(19, other);
  a.label(chosen);
}

/** Maps a page of the window by the descriptor in X13. Answers whether the new translation must be seen. */
function remap(guest: Guest, page: number): boolean {
  const { a } = guest;
  const how = guest.oneOf('break', 'invalidate', 'invalidate', 'nothing');
  if (how === 'break') {
    guest.map(0, page, 31);
    guest.invalidate(page, 1);
  }
  guest.map(0, page, 13);
  if (how === 'invalidate') guest.invalidate(page, 1);
  else {
    a.dsb();
    a.isb();
  }
  return how !== 'nothing';
}

function restore(guest: Guest, page: number, pool: number): void {
  guest.a.mov(13, guest.descriptor(pool));
  guest.map(0, page, 13);
  guest.invalidate(page, 1);
}

/** The page of a callee, called from far and by direct branches from the page before it. */
export const remapCode: Episode = (guest) => {
  const { a } = guest;
  const page = 1 + guest.pick(CODE_PAGES - 2);
  const other = guest.pick(CODE_PAGES - 1);
  guest.times(24, 24, () => {
    choose(guest, page, other);
    const seen = remap(guest, page);
    guest.call(windowPage(page) + offsets.who);
    if (seen) guest.expectEqual(0, 19);
    a.eor(4, 4, 0, 3);
    guest.call(windowPage(page - 1) + offsets.calls);
    if (seen) {
      a.addi(19, 19, page - 1);
      guest.expectEqual(0, 19);
    }
    guest.call(windowPage(page) + offsets.work);
  });
  restore(guest, page, page);
};

export const remapData: Episode = (guest) => {
  const { a } = guest;
  const page = views.data + guest.pick(DATA_PAGES);
  const other = CODE_PAGES + guest.pick(DATA_PAGES);
  a.mov(20, windowPage(page));
  guest.times(24, 20, () => {
    choose(guest, page, other);
    const seen = remap(guest, page);
    a.str(19, 20, 504);
    guest.call(guest.someView(guest.pick(7), guest.oneOf(offsets.work, offsets.calls)));
    if (seen) a.ldr(5, 20, 496);
  });
  a.mov(20, DATA);
  restore(guest, page, page);
};

const table = (set: 0 | 1, asid: number): bigint => BigInt(LEVEL1[set]) | (BigInt(asid) << 48n);

/** Two address spaces, each with an ASID of its own; then one takes over the ASID of the other. */
export const addressSpaces: Episode = (guest) => {
  const { a } = guest;
  const page = guest.pick(CODE_PAGES - 2);
  const select = (set: 0 | 1, asid: number): void => {
    a.mov(9, table(set, asid));
    a.msr('TTBR0_EL1', 9);
    a.isb();
  };
  const visit = (expected?: number): void => {
    guest.call(windowPage(page) + offsets.who);
    if (expected !== undefined) guest.expectValue(0, expected);
    guest.call(windowPage(page) + guest.oneOf(offsets.work, offsets.calls));
  };
  guest.times(24, 16, () => {
    select(1, 2);
    visit(page + 1);
    select(0, 1);
    visit(page);
    // ASID 1 for the other tables: without TLBI old translations may still be seen.
    const clean = guest.pick(2) === 0;
    select(1, 3);
    if (clean) {
      a.mov(9, 1n << 48n);
      a.dsb();
      a.sys('TLBI ASIDE1', 9);
      a.dsb();
    }
    select(1, 1);
    visit(clean ? page + 1 : undefined);
    select(0, 3);
    a.mov(9, 1n << 48n);
    a.sys('TLBI ASIDE1IS', 9);
    a.dsb();
    select(0, 1);
    visit(page);
  });
};

/** A page of code is unmapped, and its handler maps it again. */
export const fetchFaults: Episode = (guest) => {
  const { a } = guest;
  const page = 1 + guest.pick(CODE_PAGES - 2);
  a.mov(13, guest.descriptor(page));
  guest.times(24, 12, () => {
    guest.map(0, page, 31);
    guest.invalidate(page, 1);
    a.mov(13, guest.descriptor(page));
    // Every other time the handler gives up.
    const hopeless = guest.label();
    a.tbz(24, 0, hopeless);
    guest.repair(page, 13);
    a.label(hopeless);
    guest.call(windowPage(page - 1) + offsets.calls);
    guest.call(windowPage(page) + offsets.work);
    guest.map(0, page, 13);
    a.dsb();
    a.isb();
    guest.call(windowPage(page) + offsets.work);
  });
  restore(guest, page, page);
};
