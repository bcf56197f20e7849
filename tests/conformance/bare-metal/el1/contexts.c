/* Address spaces side by side: ASIDs that alternate without any TLBI, and no MMU at all. */
#include "el1.h"

#define NOT_GLOBAL (1ul << 11)
#define READ_ONLY (1ul << 7)
#define LOWER (25ul | 1ul << 8 | 1ul << 10 | 3ul << 12)
#define UPPER (25ul << 16 | 1ul << 24 | 1ul << 26 | 3ul << 28 | 2ul << 30 | 2ul << 32)
#define A1 (1ul << 22)
#define EPD1 (1ul << 23)
#define TBI0 (1ul << 37)
#define SCTLR (0x30d00800ul | 1 | 1 << 2 | 1 << 12)
#define SPACES 8
#define VA(offset) ((~0ul << 39) | (0x40000000ul + (offset)))

static uint64_t tables[SPACES][512] __attribute__((aligned(4096)));
static uint64_t data[64] __attribute__((aligned(64)));

static void asids(void) {
    static const uint64_t rights[SPACES] = {
        0, USER, READ_ONLY, USER | READ_ONLY, 0, USER | 1ul << 54, READ_ONLY | 1ul << 53, USER,
    };
    static const uint32_t words[] = {0xf9400000, 0xf9000001, 0xf8400800, 0xd5033fdf};
    uint32_t i;
    for (i = 0; i < SPACES; i++)
        tables[i][1] = i == 4 ? 0 : 0x40000000 | BLOCK | ACCESS | INNER | NOT_GLOBAL | rights[i];
    WRITE(tcr_el1, LOWER | UPPER | A1);
    asm volatile("tlbi vmalle1\n\tdsb ish\n\tisb" : : : "memory");
    for (i = 0; i < 600; i++) {
        uint32_t space = below(SPACES), level = below(2) ? EL1 : EL0;
        uint32_t word = words[below(sizeof words / sizeof words[0])];
        struct outcome outcome;
        WRITE(ttbr1_el1, (uint64_t)tables[space] | (uint64_t)(space + 1) << 48);
        if (below(16) == 0) {
            tables[space][1] ^= READ_ONLY;
            asm volatile("dsb ish\n\ttlbi aside1, %0\n\tdsb ish\n\tisb" : : "r"((uint64_t)(space + 1) << 48) : "memory");
        }
        assemble(&word, 1);
        run(&outcome, MASKED | level, VA((uint64_t)data - 0x40000000ul), i);
        field("space", space);
        field("el", level >> 2);
        report(" asid", word, &outcome);
    }
    WRITE(tcr_el1, LOWER | 25ul << 16 | EPD1 | 2ul << 30 | 2ul << 32);
    asm volatile("tlbi vmalle1\n\tdsb ish\n\tisb" : : : "memory");
}

static void no_mmu(void) {
    static const uint32_t words[][3] = {
        {0xf9400000, END, END}, /* ldr */
        {0xf9000001, END, END}, /* str */
        {0xc85f7c00, END, END}, /* ldxr */
        {0xa9400402, END, END}, /* ldp */
        {0x39400000, END, END}, /* ldrb */
        {0xd5087800, ISB, 0xd5387400}, /* at s1e1r; mrs par_el1 */
        {0xd61f0000, END, END}, /* br */
    };
    uint32_t i;
    for (i = 0; i < 300; i++) {
        const uint32_t *chosen = words[below(sizeof words / sizeof words[0])];
        uint64_t address = (uint64_t)data + 8 * below(32);
        struct outcome outcome;
        if (chosen[0] == 0xd61f0000)
            address = (uint64_t)code + 4 * below(8) + 4;
        if (below(4) == 0)
            address ^= 1ul << (44 + below(12)); /* more than the processor has */
        if (below(4) == 0)
            address ^= random64() << 56;
        assemble(chosen, 3);
        WRITE(tcr_el1, LOWER | 25ul << 16 | EPD1 | 2ul << 30 | 2ul << 32 | (below(2) ? TBI0 : 0));
        WRITE(sctlr_el1, SCTLR & ~1ul);
        run(&outcome, MASKED | EL1, address, i);
        WRITE(sctlr_el1, SCTLR);
        field("address", address);
        field("tbi", READ(tcr_el1) >> 37);
        report(" no-mmu", chosen[0], &outcome);
    }
    WRITE(tcr_el1, LOWER | 25ul << 16 | EPD1 | 2ul << 30 | 2ul << 32);
}

void contexts(void) {
    asids();
    no_mmu();
}
