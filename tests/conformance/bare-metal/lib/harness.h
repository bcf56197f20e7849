/* The way from the harness into a probe and back: what `enter` of each image stands on. */

/* X9, X10 are free. */
    .macro keep_caller
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
    .endm

    .macro return_to_caller
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
    .endm

/* To a probe under the PSTATE in X1 at the PC in X2, with X0 and X1 from X3 and X4 and EL0's stack pointer from X5. */
    .macro go_to_probe level
    msr spsr_\level, x1
    msr elr_\level, x2
    msr sp_el0, x5
    mov x0, x3
    mov x1, x4
    mov x2, #0
    mov x3, #0
    isb
    eret
    .endm

/* Vectors that put X0 and X1 on the stack and their offset into X0. */
    .macro arrive_by_vectors
    .set offset, 0
    .rept 16
    .balign 128
    msr spsel, #1
    stp x0, x1, [sp, #-16]!
    mov x0, #offset
    b arrived
    .set offset, offset + 0x80
    .endr
    .endm

/* What a level says of the exception, to the outcome at X1. */
    .macro keep_outcome level
    mrs x0, esr_\level
    str x0, [x1, #8]
    mrs x0, far_\level
    str x0, [x1, #16]
    mrs x0, elr_\level
    str x0, [x1, #24]
    mrs x0, spsr_\level
    str x0, [x1, #32]
    .endm

/* X0 and X1 of the probe, from the stack, and X2. */
    .macro keep_registers
    ldr x0, [sp]
    str x0, [x1, #40]
    ldr x0, [sp, #8]
    str x0, [x1, #48]
    str x2, [x1, #56]
    .endm

    .bss
    .balign 16
saved:
    .skip 128
