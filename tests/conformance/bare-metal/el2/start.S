/* Entry at EL2, vectors of EL2 and EL1, and the way from the harness into a probe at any level and back. */
#include "../lib/harness.h"
    .section .text.start, "ax"
    .global _start
_start:
    ldr x0, =stack_top
    mov sp, x0
    ldr x0, =vectors
    msr vbar_el2, x0
    ldr x0, =vectors_el1
    msr vbar_el1, x0
    isb
    bl main
    /* PSCI SYSTEM_OFF */
off:
    ldr x0, =0x84000008
    smc #0
    b off

    .text
/*
 * void enter(struct outcome *to, uint64_t spsr, uint64_t pc, uint64_t x0, uint64_t x1, uint64_t sp_el0)
 * Returns when an exception arrives at EL2, or at EL1, whose vectors call EL2; the outcome says which.
 */
    .global enter
enter:
    keep_caller
    msr hpfar_el2, xzr
    go_to_probe el2

    .balign 2048
vectors:
    arrive_by_vectors

/* What EL1 takes: told to EL2 by HVC. A probe that cannot call (HCR_EL2.HCD) must not come here. */
    .balign 2048
vectors_el1:
    .set offset, 0
    .rept 16
    .balign 128
    hvc #(0x4000 + offset)
    b .
    .set offset, offset + 0x80
    .endr

    .balign 128
arrived:
    ldr x1, =saved
    ldr x1, [x1, #104]
    stp x2, x3, [sp, #-16]!
    mrs x2, esr_el2
    str x0, [x1]
    lsr x3, x2, #14
    ldr x0, =(0x5a004000 >> 14)
    cmp x3, x0
    b.eq from_el1
    keep_outcome el2
    b registers_too
from_el1:
    and x2, x2, #0x3fff
    orr x2, x2, #0x1000
    str x2, [x1]
    keep_outcome el1
registers_too:
    mrs x0, hpfar_el2
    str x0, [x1, #64]
    ldp x2, x3, [sp], #16
    keep_registers
    return_to_caller
