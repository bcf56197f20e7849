/* What the guests share. RAM begins at 0x40000000, code at 0x40200000. */
#define TCR_4K      ((25 << 0) | (1 << 23) | (2 << 32))
#define MAIR        0xff00
/* Blocks and pages: AF, inner shareable, Normal; read and write for EL1. */
#define NORMAL      ((1 << 10) | (3 << 8) | (1 << 2))
#define DEVICE      ((1 << 10) | (1 << 54))

/* x0 = VALUE */
.macro  load64 register, value
    movz    \register, #((\value) & 0xffff)
    movk    \register, #(((\value) >> 16) & 0xffff), lsl #16
    movk    \register, #(((\value) >> 32) & 0xffff), lsl #32
    movk    \register, #(((\value) >> 48) & 0xffff), lsl #48
.endm

/* Translation by the given tables and TCR_EL1, then the MMU goes on. */
.macro  mmu_on tables, tcr
    load64  x0, MAIR
    msr     mair_el1, x0
    load64  x0, (\tcr)
    msr     tcr_el1, x0
    adr     x0, \tables
    msr     ttbr0_el1, x0
    dsb     sy
    tlbi    vmalle1
    dsb     sy
    isb
    mrs     x0, sctlr_el1
    orr     x0, x0, #1
    msr     sctlr_el1, x0
    isb
.endm

/* Stage 2: 39 bits from level 1, 40 bits of physical address. */
#define VTCR_4K     ((25 << 0) | (1 << 6) | (2 << 16) | (1 << 31))
#define NORMAL2     ((1 << 10) | (3 << 8) | (3 << 6) | (0xf << 2))
#define DEVICE2     ((1 << 10) | (3 << 6) | (1 << 2))

/* Tables of stage 2 and their control, which are not switched on yet. */
.macro  stage2 tables, vtcr
    load64  x0, (\vtcr)
    msr     vtcr_el2, x0
    adr     x0, \tables
    msr     vttbr_el2, x0
    dsb     sy
    tlbi    vmalls12e1
    dsb     sy
    isb
.endm

/* Bits of HCR_EL2 beside RW. */
.macro  hcr bits
    load64  x0, ((1 << 31) | (\bits))
    msr     hcr_el2, x0
    isb
.endm

/* To EL1h with everything masked, at an address in X1. */
.macro  enter_el1
    msr     elr_el2, x1
    mov     x0, #0x3c5
    msr     spsr_el2, x0
    eret
.endm
