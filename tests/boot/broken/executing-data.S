// A table of functions has the address of a string in it. No vectors were set.
#define NO_VECTORS
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    ldr     x8, =actions
    ldr     x8, [x8, #8]
    blr     x8
    b       power_off
    .size main, . - main
    .ltorg
    .section .rodata
    .balign 8
actions:
    .quad   power_off
    .quad   greeting
    .type greeting, %object
    .global greeting
greeting:
    .asciz  "\0\0\0\0Hello from the modem\n"
    .size greeting, . - greeting
