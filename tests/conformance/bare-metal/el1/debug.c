/* Software step, hardware breakpoints, watchpoints (DDI 0487 D2). */
#include "el1.h"

#define SS (1ul << 21)
#define MDSCR_SS 1ul
#define KDE (1ul << 13)
#define MDE (1ul << 15)
#define UNMASKED 0x1c0u /* D clear */
#define NOP 0xd503201fu

static uint64_t data[16] __attribute__((aligned(64)));

static const uint32_t stepped[] = {
    NOP,
    0xf9400000, /* ldr x0, [x0] */
    0xf9400421, /* ldr x1, [x1, #8]: x1 is 0 */
    0x14000002, /* b +8 */
    0xd4000001, /* svc #0 */
    0xd4200000, /* brk #0 */
    0x00000000, /* udf */
    0xc85f7c00, /* ldxr x0, [x0] */
    0x885f7c00, /* ldxr w0, [x0] */
    0xd53b4220, /* mrs x0, daif */
    0xd5033fdf, /* isb */
};

static void step(void) {
    size_t i;
    for (i = 0; i < sizeof stepped / sizeof stepped[0]; i++) {
        uint32_t variant;
        for (variant = 0; variant < 8; variant++) {
            struct outcome outcome;
            uint32_t level = variant & 1 ? EL1 : EL0;
            assemble(&stepped[i], 1);
            WRITE(mdscr_el1, MDSCR_SS | (variant & 2 ? KDE : 0));
            run(&outcome, UNMASKED | level | (variant & 4 ? SS : 0), (uint64_t)data + (level == EL0 ? USER_ALIAS : 0), 0);
            WRITE(mdscr_el1, 0);
            field("variant", variant);
            report(" step", stepped[i], &outcome);
        }
    }
}

static void breakpoints(void) {
    static const uint32_t words[] = {NOP, NOP, NOP, NOP};
    size_t i;
    for (i = 0; i < 200; i++) {
        struct outcome outcome;
        uint32_t level = below(2) ? EL1 : EL0;
        uint32_t control = (uint32_t)(random64() & 0x6) | (below(4) ? 1 : 0) | 0xf << 5;
        uint64_t at = (uint64_t)code + 4 * below(4) + (level == EL0 ? USER_ALIAS : 0);
        uint64_t mdscr = (below(4) ? MDE : 0) | (below(4) ? KDE : 0);
        uint32_t pstate = (below(4) ? UNMASKED : MASKED) | level;
        assemble(words, 4);
        WRITE(dbgbvr1_el1, at);
        WRITE(dbgbcr1_el1, control);
        WRITE(mdscr_el1, mdscr);
        run(&outcome, pstate, 0, 0);
        WRITE(mdscr_el1, 0);
        WRITE(dbgbcr1_el1, 0);
        field("control", control);
        field("mdscr", mdscr);
        field("pstate", pstate);
        report(" breakpoint", at, &outcome);
    }
}

static void watchpoints(void) {
    static const uint32_t words[] = {
        0xf9400002, /* ldr x2, [x0] */
        0xf9000001, /* str x1, [x0] */
        0x39400002, /* ldrb w2, [x0] */
        0x39000001, /* strb w1, [x0] */
        0xa9400402, /* ldp x2, x1, [x0] */
        0xc85f7c02, /* ldxr x2, [x0] */
    };
    size_t i;
    for (i = 0; i < 300; i++) {
        struct outcome outcome;
        uint32_t level = below(2) ? EL1 : EL0;
        uint64_t alias = level == EL0 ? USER_ALIAS : 0;
        /* BAS: a run of bytes, as software uses it. */
        uint32_t first = below(8), bas = ((1u << (1 + below(8 - first))) - 1) << first;
        uint32_t control = (uint32_t)(random64() & 0x1e) | (below(4) ? 1 : 0) | bas << 5;
        uint64_t mdscr = (below(8) ? MDE : 0) | (below(4) ? KDE : 0);
        uint32_t pstate = (below(8) ? UNMASKED : MASKED) | level;
        uint32_t word = words[below(sizeof words / sizeof words[0])];
        uint64_t address = (uint64_t)data + (word == 0x39400002 || word == 0x39000001 ? below(16) : below(2) * 8);
        assemble(&word, 1);
        WRITE(dbgwvr1_el1, (uint64_t)data + alias);
        WRITE(dbgwcr1_el1, control);
        WRITE(mdscr_el1, mdscr);
        run(&outcome, pstate, address + alias, 0);
        WRITE(mdscr_el1, 0);
        WRITE(dbgwcr1_el1, 0);
        field("control", control);
        field("mdscr", mdscr);
        field("pstate", pstate);
        field("word", word);
        report(" watchpoint", address - (uint64_t)data, &outcome);
    }
}

void debug(void) {
    WRITE(oslar_el1, 0);
    step();
    breakpoints();
    watchpoints();
}
