// Tasks run at EL1 on SP_EL0, so an exception always finds a good stack, and saves all of a task in its struct context. Every switch of
// tasks is the return from an exception.

// In handlers (SP_EL1) nothing may go wrong; in tasks interrupts, SVC and faults are expected.
    .macro  from_task handler
    .balign 128
    stp     x0, x1, [sp, #-16]!
    adrp    x1, \handler
    add     x1, x1, :lo12:\handler
    b       save
    .endm
    .macro  never kind
    .balign 128
    mov     x0, #\kind
    b       on_kernel_fault
    .endm

    .section .text.vectors, "ax"
    .balign 2048
    .global vectors
vectors:
    from_task on_synchronous
    from_task on_interrupt
    from_task on_system_error           // FIQ: group 0, which is not used
    from_task on_system_error
    never   0
    never   1
    never   2
    never   3
    .rept   8                           // there is nothing below EL1
    never   4
    .endr

save:
    adrp    x0, current
    ldr     x0, [x0, :lo12:current]
    stp     x2, x3, [x0, #16]
    stp     x4, x5, [x0, #32]
    stp     x6, x7, [x0, #48]
    stp     x8, x9, [x0, #64]
    stp     x10, x11, [x0, #80]
    stp     x12, x13, [x0, #96]
    stp     x14, x15, [x0, #112]
    stp     x16, x17, [x0, #128]
    stp     x18, x19, [x0, #144]
    stp     x20, x21, [x0, #160]
    stp     x22, x23, [x0, #176]
    stp     x24, x25, [x0, #192]
    stp     x26, x27, [x0, #208]
    stp     x28, x29, [x0, #224]
    ldp     x2, x3, [sp], #16
    stp     x2, x3, [x0]
    mrs     x2, sp_el0
    stp     x30, x2, [x0, #240]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [x0, #256]
    blr     x1

// x0: the task that goes on.
    .global resume
resume:
    ldp     x2, x3, [x0, #256]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    ldp     x30, x2, [x0, #240]
    msr     sp_el0, x2
    ldp     x2, x3, [x0, #16]
    ldp     x4, x5, [x0, #32]
    ldp     x6, x7, [x0, #48]
    ldp     x8, x9, [x0, #64]
    ldp     x10, x11, [x0, #80]
    ldp     x12, x13, [x0, #96]
    ldp     x14, x15, [x0, #112]
    ldp     x16, x17, [x0, #128]
    ldp     x18, x19, [x0, #144]
    ldp     x20, x21, [x0, #160]
    ldp     x22, x23, [x0, #176]
    ldp     x24, x25, [x0, #192]
    ldp     x26, x27, [x0, #208]
    ldp     x28, x29, [x0, #224]
    ldp     x0, x1, [x0]
    eret

// The boot's stack is the handlers': nobody comes back to it.
    .global start_with
start_with:
    adrp    x1, handler_stack_top
    add     x1, x1, :lo12:handler_stack_top
    mov     sp, x1
    b       resume

// long psci_hvc(uint64_t function), long psci_smc(uint64_t function)
    .global psci_hvc, psci_smc
psci_hvc:
    hvc     #0
    ret
psci_smc:
    smc     #0
    ret
