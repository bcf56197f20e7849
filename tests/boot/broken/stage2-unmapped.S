// The guest writes to the UART, which stage 2 does not map. No vectors of EL2 were set.
#define NO_VECTORS
#include "common-el2.S"
    .text
    .global main
    .type main, %function
main:
    stage2  ram_tables, VTCR_4K
    hcr     1
    adr     x1, guest
    enter_el1
    .size main, . - main
    .global guest
    .type guest, %function
guest:
    ldr     x1, =0x09000000
    mov     w0, #'!'
    str     w0, [x1]
    b       .
    .size guest, . - guest
    .ltorg
    .section .tables, "aw"
    .balign 4096
ram_tables:
    .quad   0
    .quad   0x40000000 + NORMAL2 + 1
    .fill   510, 8, 0
