/*
 * A bare-metal image that shows what privileged instructions do: each part prints lines, and the log must be the same on
 * qemu-system-aarch64 and on our machine. Numbers come from a generator of its own, so that every run is the same.
 */
#include "el1.h"

#define EXECUTE_NEVER (3ul << 53)

static uint64_t level1[512] __attribute__((aligned(4096)));

static void turn_on_mmu(void) {
    level1[0] = 0 | BLOCK | ACCESS | DEVICE | EXECUTE_NEVER;
    level1[1] = 0x40000000 | BLOCK | ACCESS | INNER;
    level1[2] = 0x40000000 | BLOCK | ACCESS | INNER | USER;
    WRITE(mair_el1, 0x00000000440400fful);
    WRITE(ttbr0_el1, level1);
    /* 39 bits of 4 KiB granules below, nothing above, 40 bits of physical address. */
    WRITE(tcr_el1, 25ul | 1ul << 8 | 1ul << 10 | 3ul << 12 | 25ul << 16 | 1ul << 23 | 2ul << 30 | 2ul << 32);
    asm volatile("tlbi vmalle1\n\tdsb ish\n\tisb" : : : "memory");
    WRITE(sctlr_el1, 0x30d00800 | 1 | 1 << 2 | 1 << 12);
}

int main(void) {
    turn_on_mmu();
    WRITE(cpacr_el1, 3ul << 20);
    translation();
#ifndef ONLY_16K
    registers();
    returns();
    traps();
    debug();
    contexts();
    calls();
#endif
    print("done\n");
    return 0;
}
