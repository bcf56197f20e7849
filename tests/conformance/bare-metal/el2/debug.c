/* Breakpoints and watchpoints of every level: HMC, SSC and PMC in the combinations that a core without EL3 has (DDI 0487 Table D2-8). */
#include "el2.h"

#define CASES 600
#define KDE (1ul << 13)
#define MDE (1ul << 15)
#define TDE (1ul << 8)
#define UNMASKED 0x1c0u /* D clear */
#define NOP 0xd503201fu

static uint64_t data[16] __attribute__((aligned(64)));


/* HMC in bit 13, SSC in bits 15:14, PMC or PAC in bits 2:1. */
static uint32_t levels_of_match(void) {
    static const uint32_t valid[] = {1 << 1, 2 << 1, 3 << 1, 1 << 13 | 1 << 1, 1 << 13 | 3 << 1, 1 << 13 | 3 << 14};
    return valid[below(sizeof valid / sizeof valid[0])];
}

void debug_el2(void) {
    static const uint32_t levels[] = {EL0, EL1, EL2};
    static const uint32_t words[] = {NOP, 0xf9400002, NOP, 0xf9000001}; /* ldr x2, [x0]; str x1, [x0] */
    uint32_t i;
    WRITE(oslar_el1, 0);
    for (i = 0; i < CASES; i++) {
        struct outcome outcome;
        uint32_t level = levels[below(3)], control = levels_of_match() | (chance(6) ? 0 : 1);
        uint64_t alias = level == EL0 ? USER_ALIAS : 0;
        uint64_t mdscr = (chance(6) ? 0 : MDE) | (chance(3) ? 0 : KDE), mdcr = MDCR_NONE | (chance(2) ? TDE : 0);
        uint32_t watches = below(2), mask = chance(4) ? MASKED : UNMASKED;
        assemble(words, 4);
        if (watches) {
            WRITE(dbgwvr1_el1, (uint64_t)data + alias);
            WRITE(dbgwcr1_el1, control | 0xff << 5 | (1 + below(3)) << 3);
        } else {
            WRITE(dbgbvr1_el1, (uint64_t)code + 4 * below(4) + alias);
            WRITE(dbgbcr1_el1, control | 0xf << 5);
        }
        WRITE(mdcr_el2, mdcr);
        WRITE(mdscr_el1, mdscr);
        enter(&outcome, mask | level, (uint64_t)code + alias, (uint64_t)data + alias, 0, (uint64_t)code + 2048 + alias);
        WRITE(mdscr_el1, 0);
        WRITE(mdcr_el2, MDCR_NONE);
        WRITE(dbgwcr1_el1, 0);
        WRITE(dbgbcr1_el1, 0);
        field("case", i);
        field("el", level >> 2);
        field("control", control);
        field("mdscr", mdscr);
        field("mdcr", mdcr);
        field("mask", mask);
        tell(watches ? " watchpoint" : " breakpoint", watches, &outcome);
    }
}
