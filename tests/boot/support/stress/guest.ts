import { Assembler } from '../assembler.ts';
import type { Pick } from '../branchy.ts';
import type { FunctionPage } from './functions.ts';
import { cells, descriptorOf, MAIN, poolPage, rights, views, windowPage } from './layout.ts';

/**
 * The main program while it is written, and what its parts share. X20 points to data for `work`, X27 counts the rounds down, X28 points
 * to the cells; X0 to X19 and X21 to X26 are for whoever runs.
 */
export class Guest {
  readonly a = new Assembler(MAIN);
  readonly pick: Pick;
  readonly functions: readonly FunctionPage[];
  private labels = 0;

  constructor(pick: Pick, functions: readonly FunctionPage[]) {
    this.pick = pick;
    this.functions = functions;
  }

  label(): string {
    return `.${this.labels++}`;
  }

  oneOf<T>(...choices: readonly T[]): T {
    return choices[this.pick(choices.length)] as T;
  }

  /** Runs `body` that many times; it must leave X`counter` alone. */
  times(counter: number, count: number, body: () => void): void {
    const start = this.label();
    this.a.mov(counter, count);
    this.a.label(start);
    body();
    this.a.subsi(counter, counter, 1);
    this.a.bIf('ne', start);
  }

  call(address: number): void {
    this.a.mov(16, address);
    this.a.blr(16);
  }

  /** Counts an error where two registers differ. */
  expectEqual(x: number, y: number): void {
    const { a } = this;
    const fine = this.label();
    a.cmp(x, y);
    a.bIf('eq', fine);
    a.increment(28, cells.errors, 9);
    a.label(fine);
  }

  expectValue(x: number, value: number): void {
    this.a.mov(10, value);
    this.expectEqual(x, 10);
  }

  /** Makes a change of code at the address in a register seen, as software should (DDI 0487 B2.7.4.2). */
  synchronize(address: number): void {
    const { a } = this;
    a.sys('DC CVAU', address);
    a.dsb();
    a.sys('IC IVAU', address);
    a.dsb();
    a.isb();
  }

  /** Takes stale translations of a page of the window away, in one of the ways there are; X9 and X10 are lost. */
  invalidate(page: number, asid: number): void {
    const { a } = this;
    const is = this.oneOf('', 'IS');
    const how = this.oneOf('VAE1', 'VAAE1', 'VALE1', 'VAALE1', 'ASIDE1', 'VMALLE1');
    a.dsb();
    if (how === 'VMALLE1') a.sys(`TLBI VMALLE1${is}`);
    else {
      const va = how === 'ASIDE1' ? 0n : BigInt(windowPage(page) >>> 12);
      a.mov(9, va | (BigInt(how.startsWith('VAA') ? 0 : asid) << 48n));
      a.sys(`TLBI ${how}${is}`, 9);
    }
    a.dsb();
    a.isb();
  }

  /** Writes the descriptor in a register for a page of the window; X11 is lost. */
  map(table: 0 | 1, page: number, register: number): void {
    this.a.mov(11, descriptorOf(table, page));
    this.a.str(register, 11);
  }

  descriptor(pool: number): bigint {
    return BigInt(poolPage(pool)) | rights.kernel;
  }

  /** An address of an offset in a page of functions, by one of its views for EL1. */
  someView(page: number, offset: number): number {
    return this.oneOf(poolPage(page), windowPage(views.code + page), windowPage(views.alias + page)) + offset;
  }

  /** The next abort is repaired by mapping a page by the descriptor in a register; X11 is lost. */
  repair(page: number, register: number): void {
    const { a } = this;
    a.mov(11, descriptorOf(0, page));
    a.str(11, 28, cells.fixAddress);
    a.str(register, 28, cells.fixValue);
  }
}

/** A part of a stress program: writes code that runs once in each round. */
export type Episode = (guest: Guest) => void;
