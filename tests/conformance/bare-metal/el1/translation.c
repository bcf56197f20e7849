/*
 * Random translations of the upper half (TTBR1): granules, sizes, levels, attributes, permissions; loads, stores, fetches and AT at both
 * levels; then the descriptor changes, a TLBI takes the old one away, and the access is made again.
 */
#include "el1.h"

#define CASES 1500
#define TABLES 4

static uint64_t tables[TABLES][8192] __attribute__((aligned(65536)));
static uint32_t target[16384] __attribute__((aligned(65536)));

/* The lower half as main.c has it; the upper one is added. */
#define TCR_LOWER (25ul | 1ul << 8 | 1ul << 10 | 3ul << 12)
#define SCTLR (0x30d00800ul | 1 | 1 << 2 | 1 << 12)

struct granule {
    uint32_t bits, tg1, first_block;
};
/* 16 KiB is for a processor that has it: an image of its own, in which nothing else is done. */
#ifdef ONLY_16K
static const struct granule granules[] = {{14, 1, 2}};
#else
static const struct granule granules[] = {{12, 2, 1}, {16, 3, 2}};
#endif

struct access {
    const char *name;
    uint32_t words[3];
    size_t count;
    /* Runs at EL1 only. */
    int privileged;
};
static const struct access accesses[] = {
    {"ldr", {0xf9400000}, 1, 0},
    {"str", {0xf9000001}, 1, 0},
    {"ldrb", {0x39400000}, 1, 0},
    {"strh", {0x79000001}, 1, 0},
    {"ldp", {0xa9400402}, 1, 0},
    {"ldxr", {0xc85f7c00}, 1, 0},
    {"ldar", {0xc8dffc00}, 1, 0},
    {"ldtr", {0xf8400800}, 1, 0},
    {"sttr", {0xf8000801}, 1, 0},
    {"br", {0xd61f0000}, 1, 0},
    {"at-s1e1r", {0xd5087800, ISB, 0xd5387400}, 3, 1},
    {"at-s1e1w", {0xd5087820, ISB, 0xd5387400}, 3, 1},
    {"at-s1e0r", {0xd5087840, ISB, 0xd5387400}, 3, 1},
    {"at-s1e0w", {0xd5087860, ISB, 0xd5387400}, 3, 1},
};

/* QEMU neither faults on misaligned accesses to Device memory nor reports their exact address where nothing is. */
static int wants_alignment(uint64_t descriptor) {
    uint32_t index = descriptor >> 2 & 7;
    return index == 1 || index == 2 || (descriptor & 0xffff00000000ul) != 0;
}

static uint64_t leaf(uint64_t pa, uint32_t shift, uint32_t level, int misaligned) {
    uint64_t descriptor = (pa >> shift << shift);
    uint32_t kind = level == 3 ? 3 : 1;
    if (chance(12))
        kind = level == 3 ? below(4) : 2 * below(2);
    if (chance(12))
        descriptor |= far_away(32);
    descriptor |= kind;
    descriptor |= (chance(3) ? below(4) : 0) << 2;  /* AttrIndx */
    descriptor |= (uint64_t)below(4) << 6;          /* AP */
    descriptor |= (uint64_t)below(4) << 8;          /* SH */
    descriptor |= (chance(10) ? 0ul : 1ul) << 10;   /* AF */
    descriptor |= (uint64_t)below(2) << 11;         /* nG */
    if (chance(3))
        descriptor |= (uint64_t)below(4) << 53;     /* PXN, UXN */
    return misaligned && wants_alignment(descriptor) ? leaf(pa, shift, level, 1) : descriptor;
}

static void invalidate(uint64_t va) {
    uint64_t operand = (va >> 12) & 0xffffffffffful;
    asm volatile("dsb ishst" : : : "memory");
    switch (below(7)) {
    case 0:
        asm volatile("tlbi vae1, %0" : : "r"(operand));
        break;
    case 1:
        asm volatile("tlbi vaae1, %0" : : "r"(operand));
        break;
    case 2:
        asm volatile("tlbi vale1, %0" : : "r"(operand));
        break;
    case 3:
        asm volatile("tlbi vaale1is, %0" : : "r"(operand));
        break;
    case 4:
        asm volatile("tlbi vae1is, %0" : : "r"(operand));
        break;
    case 5:
        asm volatile("tlbi vmalle1is");
        break;
    default:
        asm volatile("tlbi vmalle1");
    }
    asm volatile("dsb ish\n\tisb" : : : "memory");
}

void translation(void) {
    uint32_t i, j;
    for (j = 0; j < sizeof target / sizeof target[0]; j++)
        target[j] = END;
    for (i = 0; i < CASES; i++) {
        const struct granule *granule = &granules[below(sizeof granules / sizeof granules[0])];
        const struct access *access = &accesses[below(sizeof accesses / sizeof accesses[0])];
        uint32_t stride = granule->bits - 3, size = 16 + below(18), input = 64 - size;
        uint32_t first = 3 - (input - 1 - granule->bits) / stride;
        uint32_t level, last = first + below(4 - first), shift = 0;
        uint32_t offset = chance(3) ? below(64) : below(64) & ~7u;
        uint64_t pa = (uint64_t)target + offset, va = (~0ul << input) | pa;
        uint64_t *entry = 0, tcr, sctlr = SCTLR | (chance(8) ? 2 : 0) | 1 << 26;
        /* QEMU reports unmapped before misaligned, which real processors do not. */
        uint32_t branches = access->words[0] == 0xd61f0000;
        uint32_t pstate = MASKED | (access->privileged || below(2) ? EL1 : EL0);
        struct outcome outcome;

        if (branches)
            pa &= ~3ul, va &= ~3ul;
        if (last < granule->first_block)
            last = 3;
        for (j = 0; j < TABLES * 8192; j++)
            if (((uint64_t *)tables)[j])
                ((uint64_t *)tables)[j] = 0;
        for (level = first; level <= last; level++) {
            uint64_t *table = tables[level - first];
            uint32_t bits = level == first ? input - ((3 - level) * stride + granule->bits) : stride;
            shift = (3 - level) * stride + granule->bits;
            entry = &table[(va >> shift) & ((1ul << bits) - 1)];
            if (level < last) {
                *entry = (uint64_t)tables[level - first + 1] | TABLE;
                if (chance(4))
                    *entry |= (uint64_t)below(16) << 59; /* PXNTable, XNTable, APTable */
                if (chance(40))
                    *entry &= ~1ul;
                if (chance(40))
                    *entry |= far_away(36);
            } else {
                *entry = leaf(pa, shift, level, (va & 7) != 0);
            }
        }
        tcr = TCR_LOWER | (uint64_t)size << 16 | 1ul << 24 | 1ul << 26 | 3ul << 28 | (uint64_t)granule->tg1 << 30;
        tcr |= (uint64_t)below(3) << 32 | (uint64_t)below(2) << 38;
        if (chance(16))
            tcr |= 1ul << 23; /* EPD1 */
        if (chance(8))
            va ^= 1ul << (input + below(64 - input));
        WRITE(ttbr1_el1, tables[0]);
        WRITE(tcr_el1, tcr);
        WRITE(sctlr_el1, sctlr);
        asm volatile("tlbi vmalle1\n\tdsb ish\n\tisb" : : : "memory");
        assemble(access->words, access->count);
        run(&outcome, pstate, va, END | (uint64_t)END << 32);
        WRITE(sctlr_el1, SCTLR);
        print(access->name);
        field("el", pstate >> 2 & 3);
        field("granule", granule->bits);
        field("size", size);
        field("levels", first << 4 | last);
        field("descriptor", *entry);
        field("tcr", tcr >> 32);
        field("va", va);
        report(" first", i, &outcome);

        *entry = chance(2) ? *entry ^ (1ul << 7) : chance(2) ? 0 : leaf(pa, shift, last, (va & 7) != 0);
        invalidate(va);
        WRITE(sctlr_el1, sctlr);
        run(&outcome, pstate, va, END | (uint64_t)END << 32);
        WRITE(sctlr_el1, SCTLR);
        field("descriptor", *entry);
        report(" again", i, &outcome);
    }
    WRITE(tcr_el1, TCR_LOWER | 25ul << 16 | 1ul << 23 | 2ul << 30 | 2ul << 32);
    asm volatile("tlbi vmalle1\n\tdsb ish\n\tisb" : : : "memory");
}
