/* Entry at EL2, vectors of EL2 and EL1, and the way from the harness into a probe at any level and back. */
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
    ldr x9, =saved
    stp x19, x20, [x9]
    stp x21, x22, [x9, #16]
    stp x23, x24, [x9, #32]
    stp x25, x26, [x9, #48]
    stp x27, x28, [x9, #64]
    stp x29, x30, [x9, #80]
    mov x10, sp
    str x10, [x9, #96]
    str x0, [x9, #104]
    msr spsr_el2, x1
    msr elr_el2, x2
    msr sp_el0, x5
    msr hpfar_el2, xzr
    mov x0, x3
    mov x1, x4
    mov x2, #0
    mov x3, #0
    isb
    eret

    .balign 2048
vectors:
    .set offset, 0
    .rept 16
    .balign 128
    msr spsel, #1
    stp x0, x1, [sp, #-16]!
    mov x0, #offset
    b arrived
    .set offset, offset + 0x80
    .endr

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
    str x2, [x1, #8]
    mrs x0, far_el2
    str x0, [x1, #16]
    mrs x0, elr_el2
    str x0, [x1, #24]
    mrs x0, spsr_el2
    str x0, [x1, #32]
    b registers_too
from_el1:
    and x2, x2, #0x3fff
    orr x2, x2, #0x1000
    str x2, [x1]
    mrs x0, esr_el1
    str x0, [x1, #8]
    mrs x0, far_el1
    str x0, [x1, #16]
    mrs x0, elr_el1
    str x0, [x1, #24]
    mrs x0, spsr_el1
    str x0, [x1, #32]
registers_too:
    mrs x0, hpfar_el2
    str x0, [x1, #64]
    ldp x2, x3, [sp], #16
    ldr x0, [sp]
    str x0, [x1, #40]
    ldr x0, [sp, #8]
    str x0, [x1, #48]
    str x2, [x1, #56]
    ldr x9, =saved
    ldp x19, x20, [x9]
    ldp x21, x22, [x9, #16]
    ldp x23, x24, [x9, #32]
    ldp x25, x26, [x9, #48]
    ldp x27, x28, [x9, #64]
    ldp x29, x30, [x9, #80]
    ldr x10, [x9, #96]
    mov sp, x10
    msr daifset, #15
    ret

    .bss
    .balign 16
saved:
    .skip 128
