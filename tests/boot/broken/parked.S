// Vectors that only stop, and a NULL pointer that is written with the first page unmapped: nothing is said, the guest just stands still.
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    adr     x0, quiet_vectors
    msr     vbar_el1, x0
    mmu_on  low_tables, TCR_4K
    mov     x19, #0
    str     x0, [x19, #24]
    b       power_off
    .size main, . - main
    .balign 2048
quiet_vectors:
    .rept   16
    .balign 128
    b       .
    .endr
    .section .tables, "aw"
    .balign 4096
low_tables:
    .quad   0
    .quad   0x40000000 + NORMAL + 1
    .fill   510, 8, 0
