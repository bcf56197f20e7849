// A header is parsed at an odd address before the MMU is on. No vectors were set.
#define NO_VECTORS
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    ldr     x1, =header
    ldr     w0, [x1, #1]
    b       power_off
    .size main, . - main
    .ltorg
    .section .rodata
    .balign 8
header:
    .byte   1, 2, 3, 4, 5, 6, 7, 8
