// Code that the attacker makes itself.

    .text
    .global execute, hvc0, smc0, slot
// uint64_t execute(const void *code, const uint64_t arguments[8])
execute:
    stp     x29, x30, [sp, #-16]!
    mov     x16, x0
    mov     x17, x1
    ldp     x0, x1, [x17]
    ldp     x2, x3, [x17, #16]
    ldp     x4, x5, [x17, #32]
    ldp     x6, x7, [x17, #48]
    blr     x16
    ldp     x29, x30, [sp], #16
    ret

hvc0:
    hvc     #0
    ret
smc0:
    smc     #0
    ret

// A page of its own: it is written all the time.
    .balign 4096
slot:
    nop
    ret
    .balign 4096
