// SP points into RAM, but the MMU goes on with tables that end below it.
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    ldr     x9, =0x48000000
    mov     sp, x9
    mmu_on  tables, TCR_4K
    bl      work
    b       power_off
    .size main, . - main
    .ltorg
    .global work
    .type work, %function
work:
    stp     x29, x30, [sp, #-32]!
    ldp     x29, x30, [sp], #32
    ret
    .size work, . - work
