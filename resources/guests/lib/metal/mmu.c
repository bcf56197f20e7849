#include "metal.h"

// Level 1 of a 39-bit space with 4 KiB pages (DDI 0487 D8.3): blocks of 1 GiB.
uint64_t flat_map[512] __attribute__((aligned(4096)));
enum { BLOCK = 1, ACCESSED = 1 << 10, INNER_SHAREABLE = 3 << 8, MEMORY = 1 << 2 };
static const uint64_t NEVER_EXECUTED = (uint64_t)3 << 53;

void mmu_on(void) {
    flat_map[0] = BLOCK | ACCESSED | NEVER_EXECUTED; // devices, attribute 0
    for (uint64_t gigabyte = 1; gigabyte < 4; gigabyte++) flat_map[gigabyte] = gigabyte << 30 | BLOCK | ACCESSED | INNER_SHAREABLE | MEMORY;
    write_sysreg(mair_el1, 0xff00); // 0: Device-nGnRnE, 1: Normal, write-back
    // T0SZ 25, walks write-back and inner shareable, TTBR1 off, addresses of 40 bits
    write_sysreg(tcr_el1, 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | (uint64_t)2 << 32);
    write_sysreg(ttbr0_el1, (uintptr_t)flat_map);
    __asm__ volatile("dsb ish; tlbi vmalle1; dsb ish; isb" ::: "memory");
    write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) | 1 << 12 | 1 << 2 | 1); // I, C, M
    isb();
}

_Noreturn void end(void) {
    power_off();
    for (;;) __asm__ volatile("wfi");
}
