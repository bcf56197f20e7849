// Entry of all cores, at EL1. Core n has the n-th stack of 16 KiB from the top.

    .include "clear-bss.inc"

    .section .text.start, "ax"
    .global _start, secondary
_start:
    clear_bss
    bl      stack
    bl      make_tables
    bl      mmu_on
    bl      main

secondary:
    bl      stack
    bl      mmu_on
    mrs     x0, mpidr_el1
    and     x0, x0, #0xff
    bl      work
    b       .

stack:
    mrs     x0, mpidr_el1
    and     x0, x0, #0xff
    adrp    x1, stacks_end
    add     x1, x1, :lo12:stacks_end
    sub     x1, x1, x0, lsl #14
    mov     sp, x1
    ret

// 4 KiB granule, 32 bits of address, inner shareable write-back memory (DDI 0487 D19.2.139, D19.2.104).
mmu_on:
    adr     x0, vectors
    msr     vbar_el1, x0
    mov     x0, #0xff00                 // attribute 0: Device-nGnRnE, 1: Normal
    msr     mair_el1, x0
    ldr     x0, =0x803520               // T0SZ 32, IRGN0, ORGN0, SH0; EPD1
    msr     tcr_el1, x0
    adrp    x0, tables
    add     x0, x0, :lo12:tables
    msr     ttbr0_el1, x0
    dsb     ish
    isb
    ldr     x0, =0x30d01805             // SCTLR_EL1: RES1, I, C, M
    msr     sctlr_el1, x0
    isb
    ret

    .balign 2048
vectors:
    .rept 16
    .balign 128
    stp     x0, x1, [sp, #-16]!
    b       fault
    .endr

// The page of the window is not mapped for a moment: again, then.
fault:
    mrs     x0, far_el1
    mov     x1, #0x80000000
    cmp     x0, x1
    b.ne    1f
    ldp     x0, x1, [sp], #16
    eret
1:  mrs     x0, esr_el1
    mrs     x1, elr_el1
    b       on_fault

// long psci(function, ...)
    .global psci
psci:
    hvc     #0
    ret

// uint64_t patched(void): its first word is written while others call it.
    .balign 4096
    .global patched
patched:
    mov     w0, #1
    ret
    .balign 4096
