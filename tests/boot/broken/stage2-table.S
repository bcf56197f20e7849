// The guest's own tables are at an address that stage 2 does not map. No vectors of EL2 were set.
#define NO_VECTORS
#include "common-el2.S"
    .text
    .global main
    .type main, %function
main:
    stage2  stage2_tables, VTCR_4K
    hcr     1
    adr     x1, guest
    enter_el1
    .size main, . - main
    .global guest
    .type guest, %function
guest:
    load64  x0, TCR_4K
    msr     tcr_el1, x0
    ldr     x0, =0x90000000
    msr     ttbr0_el1, x0
    isb
    mrs     x0, sctlr_el1
    orr     x0, x0, #1
    msr     sctlr_el1, x0
    isb
    b       .
    .size guest, . - guest
    .ltorg
