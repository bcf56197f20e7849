/*
 * A bare-metal image that starts at EL2 and shows what EL2 takes, traps and translates. The log must be the same on qemu-system-aarch64
 * (virtualization=on) and on our machine.
 */
#include "el2.h"

uint64_t level1[512] __attribute__((aligned(4096)));
static uint64_t own[512] __attribute__((aligned(4096)));

static void turn_on_mmus(void) {
    own[0] = 0 | BLOCK | ACCESS | DEVICE | 1ul << 54;
    own[1] = 0x40000000 | BLOCK | ACCESS | INNER;
    own[2] = 0x40000000 | BLOCK | ACCESS | INNER;
    WRITE(mair_el2, 0x00000000440400fful);
    WRITE(ttbr0_el2, own);
    WRITE(tcr_el2, 25ul | 1ul << 8 | 1ul << 10 | 3ul << 12 | 4ul << 16 | 1ul << 23 | 1ul << 31);
    asm volatile("tlbi alle2\n\tdsb ish\n\tisb" : : : "memory");
    WRITE(sctlr_el2, 0x30c50830 | 1 | 1 << 2 | 1 << 12);
    level1[0] = 0 | BLOCK | ACCESS | DEVICE | 3ul << 53;
    level1[1] = 0x40000000 | BLOCK | ACCESS | INNER;
    level1[2] = 0x40000000 | BLOCK | ACCESS | INNER | USER;
    WRITE(mair_el1, 0x00000000440400fful);
    WRITE(ttbr0_el1, level1);
    WRITE(tcr_el1, 25ul | 1ul << 8 | 1ul << 10 | 3ul << 12 | 25ul << 16 | 1ul << 23 | 2ul << 30 | 4ul << 32);
    asm volatile("tlbi alle1\n\tdsb ish\n\tisb" : : : "memory");
    WRITE(sctlr_el1, SCTLR_ON);
}

void run_at(struct outcome *to, uint32_t level, uint64_t x0, uint64_t x1) {
    uint64_t alias = level == EL0 && (READ(sctlr_el1) & 1) && !(READ(hcr_el2) & (1ul << 27 | 1ul << 12)) ? USER_ALIAS : 0;
    to->hpfar = 0;
    enter(to, MASKED | level, (uint64_t)code + alias, x0, x1, (uint64_t)code + 2048 + alias);
}

/* CNTPCT_EL0, CNTVCT_EL0. */
static int reads_time(uint64_t word) {
    return (word & ~0x1ful) == 0xd53be020 || (word & ~0x1ful) == 0xd53be040;
}

void tell(const char *label, uint64_t number, const struct outcome *outcome) {
    uint64_t class = outcome->esr >> 26, far = outcome->far;
    int at_el2 = !(outcome->vector & 0x1000), aborts = class == 0x20 || class == 0x24;
    print(label);
    field("number", number);
    field("vector", outcome->vector);
    field("esr", outcome->esr);
    if (class >= 0x20 && class <= 0x25)
        field("far", far);
    if (aborts && at_el2)
        field("hpfar", outcome->hpfar);
    if (ended(outcome)) {
        field("x0", outcome->x0);
        if (!reads_time(number))
            field("x2", outcome->x2);
    }
    field("elr", plain(outcome->elr) - (uint64_t)code);
    field("spsr", outcome->spsr);
    print("\n");
}

int main(void) {
    WRITE(hcr_el2, RW);
    WRITE(cptr_el2, CPTR_NONE);
    WRITE(mdcr_el2, MDCR_NONE);
    WRITE(cnthctl_el2, 3);
    WRITE(cntvoff_el2, 0);
    WRITE(vttbr_el2, 0);
    turn_on_mmus();
    WRITE(cpacr_el1, 3ul << 20);
    stage2();
#ifndef ONLY_16K
    registers_el2();
    returns_el2();
    traps_el2();
    debug_el2();
#endif
    print("done\n");
    return 0;
}
