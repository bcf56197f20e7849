/**
 * A loop that changes an instruction of its own: now and then in the middle of an iteration, just before the instruction runs, and now
 * and then between two rounds, as software should. Position independent; entered at its start; it ends by SYSTEM_OFF.
 */
import { assembled } from './two-cores.ts';

export const selfModifying = assembled(`
d2817714  mov   x20, #3000
10000141  adr   x1, patch
18000342  ldr   w2, one
18000343  ldr   w3, two
d2800b55  mov   x21, #90            // outer
cac424a5  eor   x5, x5, x4, ror #9  // inner
f1007abf  cmp   x21, #30
54000081  b.ne  patch
f2400e9f  tst   x20, #0xf
54000041  b.ne  patch
b9000023  str   w3, [x1]
91000484  add   x4, x4, #1          // patch
b9200024  str   w4, [x1, #8192]
eb05009f  cmp   x4, x5
9a858086  csel  x6, x4, x5, hi
f10006b5  subs  x21, x21, #1
54fffea1  b.ne  inner
f2401e9f  tst   x20, #0xff
540000a1  b.ne  next
b9000022  str   w2, [x1]
d50b7521  ic    ivau, x1
d5033b9f  dsb   ish
d5033fdf  isb
f1000694  subs  x20, x20, #1        // next
54fffd81  b.ne  outer
d2b08000  mov   x0, #0x84000000
f2800100  movk  x0, #8
d4000002  hvc   #0
91000484  add   x4, x4, #1          // one
d1000c84  sub   x4, x4, #3          // two
`);
