// Entry, exception vectors and the way back out of an exception. The MMU stays off: memory is Device, so C is built with -mstrict-align.

    .include "clear-bss.inc"

    .section .text.start, "ax"
    .global _start
_start:
    // One core runs; PSCI has the others off, and other firmware may not.
    mrs     x1, mpidr_el1
    tst     x1, #0xffffff
    b.ne    park

    adrp    x1, boot_tree
    str     x0, [x1, :lo12:boot_tree]
    mrs     x0, CurrentEL
    lsr     x0, x0, #2
    adrp    x1, boot_el
    str     w0, [x1, :lo12:boot_el]
    cmp     x0, #2
    b.lo    at_el1
    b.eq    at_el2

    // EL3 to EL2, or EL1 where there is no EL2: non-secure, AArch64, HVC allowed, no traps.
    mov     x0, #(1 << 10 | 1 << 8 | 1 << 5 | 1 << 4 | 1)
    msr     scr_el3, x0
    msr     cptr_el3, xzr
    // Interrupts go to the non-secure side: the first thing that only secure software can decide.
    mov     x1, #0x08000000             // the distributor
    mrs     x0, id_aa64pfr0_el1
    tst     x0, #(0xf << 24)
    b.eq    1f
    mov     w0, #(1 << 6)               // GICD_CTLR.DS: one security state
    str     w0, [x1]
    mov     x0, #0xf
    msr     S3_6_C12_C12_5, x0          // ICC_SRE_EL3
    isb
    b       3f
1:  mov     w2, #-1
    mov     x3, #9
    add     x4, x1, #0x80               // GICD_IGROUPR
2:  str     w2, [x4], #4
    subs    x3, x3, #1
    b.ne    2b
    add     x4, x1, #0x10000            // GICC_PMR, so that the non-secure side may set its half
    str     w2, [x4, #4]
3:  mrs     x0, id_aa64pfr0_el1
    tst     x0, #(0xf << 8)
    adr     x1, at_el2
    mov     x2, #(0xf << 6 | 9)         // EL2h, DAIF masked
    b.ne    4f
    adr     x1, at_el1                  // there is no EL2
    mov     x2, #(0xf << 6 | 5)
4:  msr     spsr_el3, x2
    msr     elr_el3, x1
    eret

at_el2:
    mov     x0, #(1 << 31)              // EL1 is AArch64
    msr     hcr_el2, x0
    mov     x0, #3                      // EL1 may use the counter and the timer
    msr     cnthctl_el2, x0
    msr     cntvoff_el2, xzr
    mov     x0, #0x33ff
    msr     cptr_el2, x0
    mrs     x0, midr_el1
    msr     vpidr_el2, x0
    mrs     x0, mpidr_el1
    msr     vmpidr_el2, x0
    mrs     x0, id_aa64pfr0_el1
    tst     x0, #(0xf << 24)
    b.eq    1f
    mov     x0, #0xf
    msr     S3_4_C12_C9_5, x0           // ICC_SRE_EL2
    isb
1:  mov     x0, #(0xf << 6 | 5)         // EL1h, DAIF masked
    msr     spsr_el2, x0
    adr     x0, at_el1
    msr     elr_el2, x0
    eret

at_el1:
    ldr     x0, =0x30d00800             // SCTLR_EL1: the bits that are RES1 in Armv8.0, all else off
    msr     sctlr_el1, x0
    isb
    adrp    x0, stack_top
    add     sp, x0, :lo12:stack_top
    adr     x0, vectors
    msr     vbar_el1, x0
    isb

    clear_bss
    bl      kernel_main

park:
    wfi
    b       park

// Saves what C may change (AAPCS64), in the order of struct frame.
    .macro  vector handler
    .balign 128
    sub     sp, sp, #176
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    adr     x0, \handler
    b       enter
    .endm

    .text
    .balign 2048
vectors:
    .rept 4                             // current EL, SP_EL0: not used
    vector  on_fault
    .endr
    vector  on_fault                    // current EL, SP_ELx: synchronous
    vector  on_interrupt                // IRQ
    vector  on_fault                    // FIQ
    vector  on_fault                    // SError
    .rept 8                             // lower ELs: there is nothing below
    vector  on_fault
    .endr

enter:
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [sp, #160]
    mov     x1, x0
    mov     x0, sp
    blr     x1
    ldp     x2, x3, [sp, #160]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    ldp     x18, x30, [sp, #144]
    ldp     x16, x17, [sp, #128]
    ldp     x14, x15, [sp, #112]
    ldp     x12, x13, [sp, #96]
    ldp     x10, x11, [sp, #80]
    ldp     x8, x9, [sp, #64]
    ldp     x6, x7, [sp, #48]
    ldp     x4, x5, [sp, #32]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp, #0]
    add     sp, sp, #176
    eret

// long psci_hvc(function), long psci_smc(function)
    .global psci_hvc, psci_smc
psci_hvc:
    hvc     #0
    ret
psci_smc:
    smc     #0
    ret
