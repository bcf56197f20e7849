// The start at EL2: a stack, vectors of EL2 that power off, and tables of stage 2 that map all as it is.
#include "common.h"
    .section .text.start, "ax"
    .global _start
_start:
    adrp    x0, stack_top
    mov     sp, x0
#ifndef NO_VECTORS
    adr     x0, vectors
    msr     vbar_el2, x0
#endif
    hcr     0
    bl      main
    .global power_off
power_off:
    ldr     x0, =0x84000008
    smc     #0
    b       power_off
    .ltorg

    .text
    .balign 2048
    .global vectors
vectors:
    .rept   16
    .balign 128
    b       power_off
    .endr

    .section .tables, "aw"
    .balign 4096
    .global stage2_tables
stage2_tables:
    .quad   0x00000000 + DEVICE2 + 1
    .quad   0x40000000 + NORMAL2 + 1
    .fill   510, 8, 0

    .section .stack, "aw", %nobits
    .global stack_top
    .skip   8192
stack_top:
