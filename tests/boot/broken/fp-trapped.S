// Code that was compiled for SIMD runs before CPACR_EL1 lets it. No vectors were set.
#define NO_VECTORS
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    movi    v0.16b, #0
    ldr     x1, =buffer
    str     q0, [x1]
    b       power_off
    .size main, . - main
    .ltorg
    .bss
    .balign 16
buffer:
    .skip   64
