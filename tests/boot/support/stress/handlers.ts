/**
 * The vectors of the stress programs. Whatever arrives goes into the log (the hash in the cell `log`), is counted, and is dealt with
 * so that the program goes on: faults are repaired or their instruction is skipped, interrupts ask for the next one.
 */
import { Assembler } from '../assembler.ts';
import { CELLS, SEEN, VECTORS, cells } from './layout.ts';

const SS = 1 << 21;
const SPSR_EL1H_MASKED = 0x3c5;
const TIMER_INTERRUPT = 27;

export const exceptionClasses = {
  undefined: 0x00,
  svc: 0x15,
  fetchUser: 0x20,
  fetch: 0x21,
  pcAlignment: 0x22,
  dataUser: 0x24,
  data: 0x25,
  breakpointUser: 0x30,
  breakpoint: 0x31,
  stepUser: 0x32,
  step: 0x33,
  watchpointUser: 0x34,
  watchpoint: 0x35,
  brk: 0x3c,
} as const;

/** X0 to X3 are on the stack in a handler; X3 is the address of the cells. */
const [ESR, ELR, FAR, BASE] = [0, 1, 2, 3] as const;

function enter(a: Assembler, to: string): void {
  a.push(2, 3);
  a.push(0, 1);
  a.b(to);
}

function leave(a: Assembler): void {
  a.pop(0, 1);
  a.pop(2, 3);
  a.eret();
}

export function vectors(): Uint8Array {
  const a = new Assembler(VECTORS);
  for (let vector = 0; vector < 16; vector++) {
    a.padTo(vector * 0x80);
    enter(a, (['synchronous', 'interrupt', 'lost', 'lost'] as const)[vector % 4] as string);
  }
  a.padTo(0x800);
  synchronous(a);
  interrupt(a);
  // No FIQ and no SError can be.
  a.label('lost');
  a.mov(BASE, CELLS);
  a.increment(BASE, cells.errors, ESR);
  a.mov(0, 0x8400_0008);
  a.hvc(0);
  return a.bytes();
}

/** log = (log ROR 13) ^ register. */
function log(a: Assembler, register: number, scratch: number): void {
  a.ldr(scratch, BASE, cells.log);
  a.eor(scratch, register, scratch, 13);
  a.str(scratch, BASE, cells.log);
}

function synchronous(a: Assembler): void {
  a.label('synchronous');
  a.mov(BASE, CELLS);
  a.mrs(ELR, 'ELR_EL1');
  log(a, ELR, ESR);
  a.mrs(FAR, 'SPSR_EL1');
  log(a, FAR, ESR);
  a.mrs(FAR, 'FAR_EL1');
  log(a, FAR, ESR);
  a.mrs(ESR, 'ESR_EL1');
  log(a, ESR, FAR);
  a.lsr(FAR, ESR, 26);
  a.lsl(FAR, FAR, 3);
  a.add(FAR, FAR, BASE);
  a.ldr(ELR, FAR, cells.classes);
  a.addi(ELR, ELR, 1);
  a.str(ELR, FAR, cells.classes);
  a.mrs(ELR, 'ELR_EL1');
  a.lsr(FAR, ESR, 26);
  const { data, dataUser, fetch, fetchUser, pcAlignment, brk, svc } = exceptionClasses;
  const cases: [number, string][] = [
    [svc, 'svc'],
    [dataUser, 'abort'],
    [data, 'abort'],
    [fetchUser, 'fetch abort'],
    [fetch, 'fetch abort'],
    [pcAlignment, 'give up'],
    [brk, 'brk'],
    [exceptionClasses.breakpoint, 'breakpoint'],
    [exceptionClasses.breakpointUser, 'breakpoint'],
    [exceptionClasses.step, 'step'],
    [exceptionClasses.stepUser, 'step'],
    [exceptionClasses.watchpoint, 'watchpoint'],
    [exceptionClasses.watchpointUser, 'watchpoint'],
    [exceptionClasses.undefined, 'skip'],
  ];
  for (const [ec, label] of cases) {
    a.cmpi(FAR, ec);
    a.bIf('eq', label);
  }
  a.b('lost');

  a.label('svc');
  a.bits(FAR, ESR, 0, 16);
  a.cbz(FAR, 'back');
  // SVC #1: to where EL1 wants to go on.
  a.ldr(ELR, BASE, cells.goOn);
  a.msr('ELR_EL1', ELR);
  a.mov(ESR, SPSR_EL1H_MASKED);
  a.msr('SPSR_EL1', ESR);
  a.b('back');

  a.label('abort');
  a.bits(FAR, ESR, 0, 6);
  a.cmpi(FAR, 0x21);
  a.bIf('eq', 'skip');
  a.ldr(FAR, BASE, cells.fixAddress);
  a.cbz(FAR, 'skip');
  a.b('fix');
  a.label('fetch abort');
  a.ldr(FAR, BASE, cells.fixAddress);
  a.cbz(FAR, 'give up');
  a.label('fix');
  a.ldr(ESR, BASE, cells.fixValue);
  a.str(ESR, FAR);
  a.str(31, BASE, cells.fixAddress);
  a.dsb();
  a.isb();
  a.b('back');
  // The call led to nowhere: back to the caller.
  a.label('give up');
  a.msr('ELR_EL1', 30);
  a.b('back');

  a.label('brk');
  a.bits(FAR, ESR, 0, 16);
  a.cbz(FAR, 'skip');
  a.ldr(FAR, BASE, cells.brkWord);
  a.ldr(ESR, BASE, cells.brkAddress);
  a.strw(FAR, ESR);
  a.sys('IC IVAU', ESR);
  a.dsb();
  a.isb();
  a.b('back');
  a.label('skip');
  a.addi(ELR, ELR, 4);
  a.msr('ELR_EL1', ELR);
  a.b('back');

  a.label('breakpoint');
  a.msr('DBGBCR0_EL1', 31);
  a.b('back');
  a.label('watchpoint');
  a.msr('DBGWCR0_EL1', 31);
  a.b('back');
  a.label('step');
  a.ldr(FAR, BASE, cells.steps);
  a.subsi(FAR, FAR, 1);
  a.str(FAR, BASE, cells.steps);
  a.mrs(ESR, 'SPSR_EL1');
  a.mov(ELR, SS);
  a.bIf('eq', 'last step');
  a.orr(ESR, ESR, ELR);
  a.msr('SPSR_EL1', ESR);
  a.b('back');
  a.label('last step');
  a.msr('MDSCR_EL1', 31);
  a.label('back');
  leave(a);
}

function interrupt(a: Assembler): void {
  a.label('interrupt');
  a.mov(BASE, CELLS);
  a.mrs(ELR, 'ELR_EL1');
  log(a, ELR, ESR);
  a.increment(BASE, cells.interrupts, ESR);
  a.ldr(FAR, BASE, cells.seenBase);
  a.cbz(FAR, 'not marked');
  a.sub(ELR, ELR, FAR);
  a.lsr(FAR, ELR, 12);
  a.cbnz(FAR, 'not marked');
  a.lsr(ELR, ELR, 2);
  a.mov(FAR, SEEN);
  a.add(FAR, FAR, ELR);
  a.mov(ESR, 1);
  a.strb(ESR, FAR);
  a.label('not marked');
  a.mrs(ELR, 'ICC_IAR1_EL1');
  log(a, ELR, ESR);
  a.cmpi(ELR, TIMER_INTERRUPT);
  a.bIf('ne', 'acknowledged');
  a.ldr(ESR, BASE, cells.random);
  a.cbz(ESR, 'off');
  // xorshift64.
  a.lsl(FAR, ESR, 13);
  a.eor(ESR, ESR, FAR);
  a.lsr(FAR, ESR, 7);
  a.eor(ESR, ESR, FAR);
  a.lsl(FAR, ESR, 17);
  a.eor(ESR, ESR, FAR);
  a.str(ESR, BASE, cells.random);
  a.ldr(FAR, BASE, cells.spread);
  // AND
  a.word(0x8a000000 | (FAR << 16) | (ESR << 5) | ESR);
  a.ldr(FAR, BASE, cells.least);
  a.add(ESR, ESR, FAR);
  a.mrs(FAR, 'CNTVCT_EL0');
  a.add(ESR, ESR, FAR);
  a.msr('CNTV_CVAL_EL0', ESR);
  a.b('acknowledged');
  a.label('off');
  a.msr('CNTV_CTL_EL0', 31);
  a.label('acknowledged');
  a.msr('ICC_EOIR1_EL1', ELR);
  leave(a);
}
