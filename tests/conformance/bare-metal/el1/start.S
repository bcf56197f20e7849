/* Entry, vectors, and the way from the harness into a probe and back. */
#include "../lib/harness.h"
    .section .text.start, "ax"
    .global _start
_start:
    ldr x0, =stack_top
    mov sp, x0
    ldr x0, =vectors
    msr vbar_el1, x0
    isb
    bl main
    /* PSCI SYSTEM_OFF */
off:
    ldr x0, =0x84000008
    hvc #0
    b off

    .text
/*
 * void enter(struct outcome *to, uint64_t spsr, uint64_t pc, uint64_t x0, uint64_t x1, uint64_t sp_el0)
 * Returns when an exception arrives; the outcome says which.
 */
    .global enter
enter:
    keep_caller
    go_to_probe el1

    .balign 2048
vectors:
    arrive_by_vectors

    .balign 128
arrived:
    ldr x1, =saved
    ldr x1, [x1, #104]
    str x0, [x1]
    keep_outcome el1
    keep_registers
    return_to_caller
