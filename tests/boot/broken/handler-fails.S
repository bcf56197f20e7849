// A system call works, but its handler keeps its state where no memory is; the vectors themselves are fine.
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    adr     x0, own_vectors
    msr     vbar_el1, x0
    isb
    svc     #7
    b       power_off
    .size main, . - main
    .global on_call
    .type on_call, %function
on_call:
    ldr     x9, =0xf000000
    str     x0, [x9]
    eret
    .size on_call, . - on_call
    .ltorg
    .balign 2048
own_vectors:
    .rept   16
    .balign 128
    b       on_call
    .endr
