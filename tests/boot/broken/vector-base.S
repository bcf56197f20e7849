// The table of vectors is aligned to 1 KiB only: the register drops bit 10, and exceptions land before it.
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    adr     x0, vector_table
    msr     vbar_el1, x0
    isb
    svc     #1
    b       power_off
    .size main, . - main
    .balign 2048
    .skip   1024
    .global vector_table
vector_table:
    .rept   16
    .balign 128
    b       handler
    .endr
