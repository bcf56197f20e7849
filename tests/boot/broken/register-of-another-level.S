// Start-up code of a hypervisor, run at EL1. No vectors were set.
#define NO_VECTORS
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    mov     x0, #1 << 31
    msr     hcr_el2, x0
    b       power_off
    .size main, . - main
