// No bug: EL1 runs on stage 2 and calls EL2, which powers off.
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
    ldr     x0, =0x09000018
    ldr     w0, [x0]
    hvc     #1
    b       .
    .size guest, . - guest
    .ltorg
