// A recursion without an end runs into the guard page below the stack.
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    mmu_on  tables, TCR_4K
    mov     x0, #0
    bl      descend
    b       power_off
    .size main, . - main
    .global descend
    .type descend, %function
descend:
    stp     x29, x30, [sp, #-64]!
    add     x0, x0, #1
    bl      descend
    ldp     x29, x30, [sp], #64
    ret
    .size descend, . - descend
