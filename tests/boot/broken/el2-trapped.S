// HCR_EL2.TVM is left on, and nobody handles what it traps. No vectors of EL2 were set.
#define NO_VECTORS
#include "common-el2.S"
    .text
    .global main
    .type main, %function
main:
    hcr     (1 << 26)
    adr     x1, guest
    enter_el1
    .size main, . - main
    .global guest
    .type guest, %function
guest:
    msr     ttbr0_el1, xzr
    b       .
    .size guest, . - guest
