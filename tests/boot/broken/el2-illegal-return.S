// EL2 returns to a guest of 32 bits, for which there is no AArch32 state. No vectors of EL2 were set.
#define NO_VECTORS
#include "common-el2.S"
    .text
    .global main
    .type main, %function
main:
    adr     x0, guest
    msr     elr_el2, x0
    mov     x0, #0x1d3
    msr     spsr_el2, x0
    eret
    b       .
    .size main, . - main
    .global guest
    .type guest, %function
guest:
    hvc     #1
    b       .
    .size guest, . - guest
