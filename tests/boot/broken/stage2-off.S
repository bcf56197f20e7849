// The guest is where only stage 2 has memory, and HCR_EL2.VM was forgotten.
#include "common-el2.S"
    .text
    .global main
    .type main, %function
main:
    stage2  moved_tables, VTCR_4K
    hcr     0
    adr     x1, guest
    mov     x2, #0x40000000
    add     x1, x1, x2
    enter_el1
    .size main, . - main
    .global guest
    .type guest, %function
guest:
    hvc     #1
    b       .
    .size guest, . - guest
    .section .tables, "aw"
    .balign 4096
moved_tables:
    .quad   0x00000000 + DEVICE2 + 1
    .quad   0
    .quad   0x40000000 + NORMAL2 + 1
    .fill   509, 8, 0
