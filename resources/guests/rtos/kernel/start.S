// Entry by the boot protocol of arm64 Linux (linux-image.inc). Stays at EL1.

    .include "linux-image.inc"

    .section .text.start, "ax"
    .global _start
_start:
    image_head
    mrs     x1, mpidr_el1               // one core runs
    tst     x1, #0xffffff
    b.ne    park
    mov     x19, x0
    mrs     x0, CurrentEL
    cmp     x0, #(1 << 2)
    b.eq    at_el1

    mov     x0, #(1 << 31)              // EL1 is AArch64
    msr     hcr_el2, x0
    mov     x0, #3                      // EL1 may use the counter and the timer
    msr     cnthctl_el2, x0
    msr     cntvoff_el2, xzr
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
    msr     SPSel, #1
    adrp    x0, vectors
    add     x0, x0, :lo12:vectors
    msr     vbar_el1, x0
    isb
    adrp    x0, handler_stack_top
    add     x0, x0, :lo12:handler_stack_top
    mov     sp, x0

    // Caches may hold older lines of memory that is written without them now (booting.rst: only the image is clean).
    adrp    x0, image_start
    adrp    x1, image_end
    add     x1, x1, :lo12:image_end
1:  dc      civac, x0
    add     x0, x0, #64                 // the line of every core of Arm's
    cmp     x0, x1
    b.lo    1b
    dsb     sy

    .include "clear-bss.inc"
    clear_bss

    relocate_image
    mov     x0, x19
    bl      kernel_main

park:
    wfi
    b       park
