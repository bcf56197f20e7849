// Where the guest starts at EL2: memory as it is, by a second stage of translation, and the guest itself at EL1 below it.
    .section .text.start, "ax"
    .global entry
entry:
    mrs     x1, CurrentEL
    cmp     x1, #(2 << 2)
    b.ne    _start

    // T0SZ 25, from level 1, walks write-back and inner shareable, 4 KiB, addresses of 40 bits (DDI 0487 D19.2, VTCR_EL2).
    ldr     x1, =(1 << 31 | 2 << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 1 << 6 | 25)
    msr     vtcr_el2, x1
    adrp    x1, second_stage
    msr     vttbr_el2, x1
    ldr     x1, =(1 << 31 | 1)          // EL1 is AArch64; VM
    msr     hcr_el2, x1
    dsb     ish
    tlbi    vmalls12e1
    dsb     ish
    isb
    adr     x1, _start
    msr     elr_el2, x1
    mov     x1, #(0xf << 6 | 5)         // EL1h, DAIF masked
    msr     spsr_el2, x1
    eret
    .ltorg

// Blocks of 1 GiB at level 1: devices, then memory, for reading and writing (D8.3).
    .section .data
    .balign 4096
second_stage:
    .quad   0x00000000 | 1 << 10 | 3 << 6 | 1 << 2 | 1
    .set    gigabyte, 1
    .rept   3
    .quad   gigabyte << 30 | 1 << 10 | 3 << 8 | 3 << 6 | 0xf << 2 | 1
    .set    gigabyte, gigabyte + 1
    .endr
    .fill   508, 8, 0
