// The page of a variable is mapped read-only, and so is the stack of the handler: nothing can be reported.
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    mmu_on  read_only_tables, TCR_4K
    ldr     x1, =counter
    ldr     x0, [x1]
    add     x0, x0, #1
    str     x0, [x1]
    b       power_off
    .size main, . - main
    .ltorg
    .section .tables, "aw"
    .balign 4096
read_only_tables:
    .quad   0x00000000 + DEVICE + 1
    .quad   0x40000000 + NORMAL + (1 << 7) + 1
    .fill   510, 8, 0
    .data
    .balign 8
    .type counter, %object
counter:
    .quad   0
    .size counter, . - counter
