// VTCR_EL2.SL0 says level 2, where 39 bits do not fit. No vectors of EL2 were set.
#define NO_VECTORS
#include "common-el2.S"
    .text
    .global main
    .type main, %function
main:
    stage2  stage2_tables, (VTCR_4K & ~(3 << 6))
    hcr     1
    adr     x1, guest
    enter_el1
    .size main, . - main
    .global guest
    .type guest, %function
guest:
    hvc     #1
    b       .
    .size guest, . - guest
