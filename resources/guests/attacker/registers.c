// System registers and system instructions (DDI 0487 D18): op0 2 and 3 are registers, op0 1 maintenance and address translation.
#include "attacker.h"

uint64_t execute_word(uint32_t word, const uint64_t arguments[8]) {
    *(volatile uint32_t *)slot = word;
    __asm__ volatile("dc cvau, %0\n dsb ish\n ic ivau, %0\n dsb ish\n isb" ::"r"(slot) : "memory");
    return execute(slot, arguments);
}

#define ENCODING(op0, op1, crn, crm, op2) ((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

// The ground that we stand on.
static bool is_ground(uint32_t encoding) {
    switch (encoding) {
        case ENCODING(2, 0, 0, 2, 2):  // MDSCR_EL1: single step
        case ENCODING(3, 0, 1, 0, 0):  // SCTLR_EL1
        case ENCODING(3, 0, 1, 0, 3):  // SCTLR2_EL1
        case ENCODING(3, 0, 2, 0, 0):  // TTBR0_EL1
        case ENCODING(3, 0, 2, 0, 2):  // TCR_EL1
        case ENCODING(3, 0, 2, 0, 3):  // TCR2_EL1
        case ENCODING(3, 0, 4, 2, 0):  // SPSel
        case ENCODING(3, 3, 4, 2, 1):  // DAIF: FIQ stays masked
        case ENCODING(3, 0, 10, 2, 0): // MAIR_EL1
        case ENCODING(3, 0, 12, 0, 0): // VBAR_EL1
            return true;
        default: return false;
    }
}

enum { MSR = 0xd5000000, MRS = 0xd5200000 };

static enum outcome move(uint32_t direction, uint32_t encoding) {
    const uint64_t arguments[8] = {any_argument()};
    caught_nothing();
    execute_word(direction | encoding << 5, arguments);
    return caught();
}

// Every encoding, and more often those where Arm's registers lie.
static uint32_t any_register(void) {
    static const uint8_t levels[4] = {0, 0, 3, 4};
    if (one_in(2)) return ENCODING(2, 0, 0, 0, 0) + (uint32_t)random_below(1 << 15);
    return ENCODING(3, levels[random_below(4)], (uint32_t)random_below(16), (uint32_t)(random() & random() & 15), (uint32_t)(random() & random() & 7));
}

enum outcome attack_read_register(void) { return move(MRS, any_register()); }

enum outcome attack_write_register(void) {
    uint32_t encoding;
    do encoding = any_register();
    while (is_ground(encoding));
    return move(MSR, encoding);
}

// Caches and TLBs by address, set and way, or whole, of every level, near and far (D18.4 to D18.6): those that there are, and all others.
static uint32_t any_maintenance(void) {
    static const uint16_t known[] = {
        ENCODING(1, 0, 7, 1, 0), ENCODING(1, 0, 7, 5, 0), ENCODING(1, 3, 7, 5, 1),                               // IC IALLUIS, IALLU, IVAU
        ENCODING(1, 0, 7, 6, 1), ENCODING(1, 0, 7, 6, 2), ENCODING(1, 0, 7, 10, 2), ENCODING(1, 0, 7, 14, 2),    // DC IVAC, ISW, CSW, CISW
        ENCODING(1, 3, 7, 4, 1), ENCODING(1, 3, 7, 10, 1), ENCODING(1, 3, 7, 11, 1), ENCODING(1, 3, 7, 14, 1),   // DC ZVA, CVAC, CVAU, CIVAC
        ENCODING(1, 0, 7, 8, 0), ENCODING(1, 0, 7, 8, 3), ENCODING(1, 4, 7, 8, 4), ENCODING(1, 4, 8, 4, 1),      // AT S1E1R, S1E0W, S12E1R; TLBI IPAS2E1
        ENCODING(1, 0, 8, 3, 0), ENCODING(1, 0, 8, 7, 0), ENCODING(1, 0, 8, 3, 1), ENCODING(1, 0, 8, 7, 3),      // TLBI VMALLE1IS, VMALLE1, VAE1IS, VAAE1
        ENCODING(1, 4, 8, 3, 4), ENCODING(1, 4, 8, 7, 6), ENCODING(1, 4, 8, 7, 0), ENCODING(1, 6, 8, 7, 0),      // TLBI ALLE1IS, VMALLS12E1, ALLE2, ALLE3
    };
    if (one_in(2)) return known[random_below(array_length(known))];
    return ENCODING(1, (uint32_t)random_below(8), 7 + (uint32_t)random_below(2), 0, 0) + (uint32_t)random_below(1 << 7);
}

enum outcome attack_maintenance(void) {
    const uint32_t encoding = any_maintenance();
    // What works on an address of memory gets nobody's or another's.
    const uint64_t arguments[8] = {encoding >> 7 & 1 ? window(outside()) : any_argument()};
    caught_nothing();
    execute_word((one_in(8) ? MRS : MSR) | encoding << 5, arguments);
    return caught();
}
