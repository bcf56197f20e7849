// A pointer that was never set is read at EL1 with the first page unmapped.
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    mmu_on  low_tables, TCR_4K
    mov     x19, #0
    mov     x9, #0
    mov     sp, x9
    ldr     x0, [x19, #16]
    b       power_off
    .size main, . - main
    .section .tables, "aw"
    .balign 4096
low_tables:
    .quad   0
    .quad   0x40000000 + NORMAL + 1
    .fill   510, 8, 0
