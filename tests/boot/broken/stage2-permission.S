// Stage 2 maps the memory of the guest for reading alone. No vectors of EL2 were set.
#define NO_VECTORS
#include "common-el2.S"
    .text
    .global main
    .type main, %function
main:
    stage2  read_only_tables, VTCR_4K
    hcr     1
    adr     x1, guest
    enter_el1
    .size main, . - main
    .global guest
    .type guest, %function
guest:
    ldr     x1, =counter
    ldr     x0, [x1]
    add     x0, x0, #1
    str     x0, [x1]
    b       .
    .size guest, . - guest
    .ltorg
    .section .tables, "aw"
    .balign 4096
read_only_tables:
    .quad   0x00000000 + DEVICE2 + 1
    .quad   0x40000000 + (NORMAL2 & ~(1 << 7)) + 1
    .fill   510, 8, 0
    .data
    .balign 8
    .type counter, %object
counter:
    .quad   0
    .size counter, . - counter
