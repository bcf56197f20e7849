// The block that holds the code lacks the Access flag.
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    mmu_on  stale_tables, TCR_4K
    b       power_off
    .size main, . - main
    .section .tables, "aw"
    .balign 4096
stale_tables:
    .quad   0x00000000 + DEVICE + 1
    .quad   0x40000000 + NORMAL - (1 << 10) + 1
    .fill   510, 8, 0
