// EL1 has opened SIMD for itself, but EL2 has not. No vectors of EL2 were set.
#define NO_VECTORS
#include "common-el2.S"
    .text
    .global main
    .type main, %function
main:
    mov     x0, #0x37ff
    msr     cptr_el2, x0
    adr     x1, guest
    enter_el1
    .size main, . - main
    .global guest
    .type guest, %function
guest:
    mov     x0, #3 << 20
    msr     cpacr_el1, x0
    isb
    fmov    d0, #1.0
    b       .
    .size guest, . - guest
