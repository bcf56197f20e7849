// Entry, vectors that say what they got and stop, and tables that map RAM (2 MiB from 0x40200000 by pages) and the devices.
#include "common.h"
    .section .text.start, "ax"
    .global _start
_start:
    adrp    x0, stack_top
    mov     sp, x0
#ifndef NO_VECTORS
    adr     x0, vectors
    msr     vbar_el1, x0
    isb
#endif
    bl      main
    .global power_off
power_off:
    ldr     x0, =0x84000008
    hvc     #0
    b       power_off

    .text
    .macro  vector
    .balign 128
    stp     x0, x1, [sp, #-16]!
    b       handler
    .endm
    .balign 2048
    .global vectors
vectors:
    .rept   16
    vector
    .endr

    .global handler
    .type   handler, %function
handler:
    stp     x29, x30, [sp, #-16]!
    mrs     x0, esr_el1
    ldp     x29, x30, [sp], #16
    ldp     x0, x1, [sp], #16
    b       power_off
    .size   handler, . - handler
    .ltorg

// 39 bits, from level 1: devices as one block of 1 GiB, RAM by 2 MiB blocks, its third by pages. `guard` is not mapped.
    .section .tables, "aw"
    .balign 4096
    .global tables, tables_ram, tables_pages
tables:
    .quad   0x00000000 + DEVICE + 1
    .quad   tables_ram + 3
    .fill   510, 8, 0
tables_ram:
    .quad   0x40000000 + NORMAL + 1
    .quad   tables_pages + 3
    .fill   510, 8, 0
tables_pages:
    .set    page, 0x40200000
    .rept   512
    .if     page == 0x40280000
    .quad   0
    .else
    .quad   page + NORMAL + 3
    .endif
    .set    page, page + 4096
    .endr

    .section .stack, "aw", %nobits
    .global guard, stack_bottom, stack_top
guard:
    .skip   4096
stack_bottom:
    .skip   8192
stack_top:
