// Entry of a static program without a C library: argc and argv lie on the stack.
    .section .text.start, "ax"
    .global _start
_start:
    mov     x29, xzr
    mov     x30, xzr
    ldr     x0, [sp]
    add     x1, sp, #8
    and     sp, x1, #-16
    bl      run
    mov     x8, #94                     // exit_group
    svc     #0
