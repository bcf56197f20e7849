// No bug: the tables work, a call and a return of an exception do, and so it powers off.
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    mmu_on  tables, TCR_4K
    mov     x0, #3 << 20
    msr     cpacr_el1, x0
    isb
    fmov    d0, #1.0
    ret
    .size main, . - main
