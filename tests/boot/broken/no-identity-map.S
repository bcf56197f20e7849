// The tables map the code where it shall run, high up, but not where it is when the MMU goes on.
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    mmu_on  high_tables, TCR_4K
    ldr     x0, =0x80200000
    br      x0
    .size main, . - main
    .ltorg
    .section .tables, "aw"
    .balign 4096
high_tables:
    .quad   0x00000000 + DEVICE + 1
    .quad   0
    .quad   0x40000000 + NORMAL + 1
    .fill   509, 8, 0
