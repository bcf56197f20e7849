/* Entry, vectors, and the way from the harness into a probe and back. */
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
    msr spsr_el1, x1
    msr elr_el1, x2
    msr sp_el0, x5
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

    .balign 128
arrived:
    ldr x1, =saved
    ldr x1, [x1, #104]
    str x0, [x1]
    mrs x0, esr_el1
    str x0, [x1, #8]
    mrs x0, far_el1
    str x0, [x1, #16]
    mrs x0, elr_el1
    str x0, [x1, #24]
    mrs x0, spsr_el1
    str x0, [x1, #32]
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
