// The vectors of EL2 are aligned to 512 bytes only: VBAR_EL2 drops bits 10 and 9.
#include "common-el2.S"
    .text
    .global main
    .type main, %function
main:
    adr     x0, vector_table
    msr     vbar_el2, x0
    isb
    adr     x1, guest
    enter_el1
    .size main, . - main
    .global guest
    .type guest, %function
guest:
    hvc     #1
    b       .
    .size guest, . - guest
    .balign 2048
    .skip   1536
    .global vector_table
vector_table:
    .rept   16
    .balign 128
    b       power_off
    .endr
