/**
 * A program for two cores that shows the order in which they took turns: each mixes a word that both change (LDAXR, STLXR) into a word of its
 * own, with a WFE now and then, 20 000 times. The last one powers off. Position independent; entered at its start.
 */
const text = `
d53800b3  mrs   x19, mpidr_el1
92401e73  and   x19, x19, #0xff
100005d4  adr   x20, data
b50000f3  cbnz  x19, work
d2b88000  mov   x0, #0xc4000000     // CPU_ON
f2800060  movk  x0, #3
d2800021  mov   x1, #1
10ffff22  adr   x2, start
d2800003  mov   x3, #0
d4000002  hvc   #0
d289c415  mov   x21, #20000         // work
91010296  add   x22, x20, #64
8b130ed6  add   x22, x22, x19, lsl #3
c85ffe84  ldaxr x4, [x20]           // again
8b040885  add   x5, x4, x4, lsl #2
8b1300a5  add   x5, x5, x19
910004a5  add   x5, x5, #1
c806fe85  stlxr w6, x5, [x20]
35ffff66  cbnz  w6, again
f94002c7  ldr   x7, [x22]
cac71ca7  eor   x7, x5, x7, ror #7
f90002c7  str   x7, [x22]
924014a8  and   x8, x5, #0x3f
b5000048  cbnz  x8, .+8
d503205f  wfe
f10006b5  subs  x21, x21, #1
54fffe61  b.ne  again
91020289  add   x9, x20, #128
c85ffd24  ldaxr x4, [x9]            // done
91000484  add   x4, x4, #1
c806fd24  stlxr w6, x4, [x9]
35ffffa6  cbnz  w6, done
f100089f  cmp   x4, #2
54000081  b.ne  wait
d2b08000  mov   x0, #0x84000000     // SYSTEM_OFF
f2800100  movk  x0, #8
d4000002  hvc   #0
d503207f  wfi                       // wait
17ffffff  b     wait
`;

/** Where the program's data lie, from its start. */
const DATA = 0xc0;

/** The bytes of an assembler listing that begins its lines with the words. */
export function assembled(listing: string): Uint8Array {
  return new Uint8Array(Uint32Array.from(listing.trim().split('\n'), (line) => parseInt(line.slice(0, 8), 16)).buffer);
}

export const twoCores = new Uint8Array(DATA + 192);
twoCores.set(assembled(text));
twoCores[DATA] = 1;
