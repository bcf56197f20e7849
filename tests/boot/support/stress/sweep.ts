/** A program in which the timer's interrupt becomes due at each instruction of a function in turn: loops, calls, returns, a jump table. */
import { plain, pickFrom } from '../branchy.ts';
import { Guest } from './guest.ts';
import { cells } from './layout.ts';
import { functionPages, imageOf, powerOff, setUp } from './program.ts';

/** Virtual ns of a tick of the timer: as many NOPs shift when an interrupt is due, instruction by instruction. */
const TICK_NS = 16;
/** Ticks that are tried: more than the function takes. */
const TICKS = 90;

export interface Sweep {
  readonly bytes: Uint8Array;
  /** First word of the function; its words are marked in SEEN. */
  readonly base: number;
  /** Where taken branches backward and branches by register lead to: interrupts are taken there. */
  readonly points: readonly number[];
}

export function sweepProgram(seed: number): Sweep {
  const pick = pickFrom(seed);
  const guest = new Guest(pick, functionPages(pick));
  const { a } = guest;
  const words = (least: number): void => a.word(...Array.from({ length: least + pick(3) }, () => plain(pick)));
  setUp(guest, undefined);
  a.adr(9, 'function');
  a.str(9, 28, cells.seenBase);
  guest.times(25, TICKS, () => {
    guest.times(26, TICK_NS, () => {
      a.adr(10, 'sled');
      a.lsl(9, 26, 2);
      a.add(10, 10, 9);
      a.mov(11, 1);
      a.mrs(9, 'CNTVCT_EL0');
      a.add(9, 9, 25);
      a.msr('CNTV_CVAL_EL0', 9);
      a.msr('CNTV_CTL_EL0', 11);
      a.br(10);
      a.label('sled');
      for (let n = 0; n <= TICK_NS; n++) a.nop();
      a.bl('function');
      a.msr('CNTV_CTL_EL0', 31);
    });
  });
  a.daifSet(2);
  powerOff(guest);

  a.label('callee');
  words(2);
  a.ret();
  a.label('function');
  a.movReg(19, 30);
  a.mov(24, 12);
  a.label('outer');
  words(2);
  a.mov(23, 5);
  a.label('inner');
  words(2);
  a.tbz(23, 0, 'skipped');
  words(1);
  a.label('skipped');
  a.subsi(23, 23, 1);
  a.bIf('ne', 'inner');
  a.bl('callee');
  a.label('returned');
  words(1);
  a.bits(9, 24, 0, 2);
  a.lsl(9, 9, 3);
  a.adr(10, 'table');
  a.add(10, 10, 9);
  a.br(10);
  a.label('table');
  for (let n = 0; n < 4; n++) a.word(plain(pick), plain(pick));
  a.subsi(24, 24, 1);
  a.bIf('ne', 'outer');
  a.ret(19);
  const points = ['outer', 'inner', 'returned', 'table'].map((label) => a.addressOf(label));
  return { bytes: imageOf(guest), base: a.addressOf('function'), points };
}
