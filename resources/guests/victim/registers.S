// A secret in registers. Those with fewer bits than 64 are left out.

    .arch   armv8-a+simd
    .text
    .macro  each_system operation
    \operation tpidr_el0
    \operation tpidrro_el0
    \operation tpidr_el1
    \operation sp_el0
    \operation far_el1
    \operation elr_el1
    \operation cntv_cval_el0
    \operation cntp_cval_el0
    \operation pmccntr_el0
    .endm

    .macro  put register
    msr     \register, x0
    .endm

    .global registers_fill
registers_fill:
    mrs     x1, cpacr_el1
    orr     x1, x1, #(3 << 20)          // FP is not trapped
    msr     cpacr_el1, x1
    isb
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    dup     v\n\().2d, x0
    .endr
    each_system put
    msr     contextidr_el1, x0          // 32 bits
    isb
    ret

    .macro  compare
    cmp     x1, x0
    cinc    w2, w2, ne
    .endm

    .macro  look register
    mrs     x1, \register
    compare
    .endm

    .global registers_changed
registers_changed:
    mov     w2, #0
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    mov     x1, v\n\().d[0]
    compare
    mov     x1, v\n\().d[1]
    compare
    .endr
    each_system look
    mrs     x1, contextidr_el1
    cmp     w1, w0
    cinc    w2, w2, ne
    mov     w0, w2
    ret

    .global registers_hold
registers_hold:
    .irp n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
    mov     x\n, x0
    .endr
1:  subs    x1, x1, #1
    b.ne    1b
    mov     w1, #0
    .irp n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
    cmp     x\n, x0
    cinc    w1, w1, ne
    .endr
    mov     w0, w1
    ret
