/*
 * Random stage 2 tables: granules, sizes, starting levels, attributes, permissions; under a stage 1 that is off, that maps the address, or
 * whose own table lies behind it. Loads, stores, fetches and AT at EL1 and EL0, AT S12 at EL2; then the descriptor changes, a TLBI takes the
 * old one away, and the access is made again.
 */
#include "el2.h"

#define CASES 2500
#define POOL_PAGES 10
/* What the processor has: 44 bits (Cortex-A57), 40 (A76). */
#ifdef ONLY_16K
#define LARGEST 40u
#define PA_SIZE 2ul
#else
#define LARGEST 44u
#define PA_SIZE 4ul
#endif
#define HCR_VM (1ul << 0)
#define HCR_PTW (1ul << 2)
#define HCR_DC (1ul << 12)

/* Up to 16 tables side by side where the walk starts, and those below. */
static uint64_t start[16 * 8192] __attribute__((aligned(16 * 65536)));
static uint64_t pool[POOL_PAGES][8192] __attribute__((aligned(65536)));
static uint64_t target[8192] __attribute__((aligned(65536)));
static uint32_t used;
/* Words of `start` and `pool` that are not zero. */
static uint64_t *dirty[512];
static uint32_t dirty_count;

struct shape {
    uint32_t grain, tg, input;
    int first;
};
static const struct {
    uint32_t bits, tg;
    int block;
}
#ifdef ONLY_16K
granules[] = {{14, 2, 2}};
#else
granules[] = {{12, 0, 1}, {16, 1, 2}};
#endif

struct access {
    const char *name;
    uint32_t words[3];
    size_t count;
    int privileged;
};
static const struct access accesses[] = {
    {"ldr", {0xf9400000}, 1, 0},
    {"str", {0xf9000001}, 1, 0},
    {"ldrsw", {0xb9800002}, 1, 0},
    {"ldrsb32", {0x39c00003}, 1, 0},
    {"ldrsh", {0x79800004}, 1, 0},
    {"ldrb", {0x39400000}, 1, 0},
    {"strh", {0x79000001}, 1, 0},
    {"str-zero", {0xb900001f}, 1, 0},
    {"ldr-post", {0xf8408402}, 1, 0},
    {"str-pre", {0xf8008c01}, 1, 0},
    {"ldur", {0xf8400002}, 1, 0},
    {"ldr-reg", {0xf8626802}, 1, 0},
    {"ldp", {0xa9400402}, 1, 0},
    {"ldxr", {0xc85f7c00}, 1, 0},
    {"ldar", {0xc8dffc00}, 1, 0},
    {"stlr", {0x889ffc01}, 1, 0},
    {"ldtr", {0xf8400800}, 1, 0},
    {"sttrb", {0x38000801}, 1, 0},
    {"ldr-q", {0x3dc00000}, 1, 0},
    {"ld1", {0x4c407000}, 1, 0},
    {"br", {0xd61f0000}, 1, 0},
    {"at-s1e1r", {0xd5087800, ISB, 0xd5387400}, 3, 1},
    {"at-s1e1w", {0xd5087820, ISB, 0xd5387400}, 3, 1},
    {"at-s1e0r", {0xd5087840, ISB, 0xd5387400}, 3, 1},
};

static void put(uint64_t *entry, uint64_t value) {
    *entry = value;
    dirty[dirty_count++] = entry;
}

static void clear(void) {
    while (dirty_count > 0)
        *dirty[--dirty_count] = 0;
    used = 0;
}

/* The entry of an address at a level, with the tables down to there. */
static uint64_t *entry_of(const struct shape *shape, uint64_t ipa, int last) {
    uint32_t stride = shape->grain - 3;
    uint64_t *table = start;
    int level;
    for (level = shape->first;; level++) {
        uint32_t shift = (uint32_t)(3 - level) * stride + shape->grain;
        uint32_t bits = level == shape->first ? shape->input - shift : stride;
        uint64_t *entry = &table[(ipa >> shift) & ((1ul << bits) - 1)];
        if (level == last)
            return entry;
        if (*entry == 0)
            put(entry, (uint64_t)pool[used++] | TABLE);
        table = (uint64_t *)(*entry & 0x0000fffffffff000ul & ~((1ul << shape->grain) - 1));
    }
}

/* The image where it is, in blocks of level 2. */
static void map_image(const struct shape *shape) {
    uint32_t shift = (shape->grain - 3) + shape->grain;
    uint64_t ipa;
    for (ipa = 0x40000000; ipa < 0x41000000; ipa += 1ul << shift) {
        if (shape->first > 2) {
            /* Level 3 alone: pages. */
            uint64_t page;
            for (page = ipa; page < ipa + (1ul << shift) && page < 0x41000000; page += 1ul << shape->grain)
                put(entry_of(shape, page, 3), page | TABLE | ACCESS | INNER | 0xful << 2 | 3ul << 6);
        } else
            put(entry_of(shape, ipa, 2), ipa >> shift << shift | BLOCK | ACCESS | INNER | 0xful << 2 | 3ul << 6);
    }
}

static int chance_of_device(void) {
    return chance(6);
}

/* `far`: from which bit on an address may lead out of memory; a walk that does so is an external abort, which AT takes. */
static uint64_t leaf(uint64_t pa, uint32_t shift, int level, uint32_t far) {
    static const uint32_t normal[] = {0xf, 5, 7, 0xa, 0xb, 0xd, 0xe};
    uint64_t descriptor = (pa >> shift << shift) | (level == 3 ? TABLE : BLOCK);
    if (chance(12))
        descriptor = (descriptor & ~3ul) | (level == 3 ? below(4) : 2 * below(2));
    if (chance(12))
        descriptor |= far_away(far);
    descriptor |= (uint64_t)(chance_of_device() ? below(4) : normal[below(7)]) << 2;
    descriptor |= (uint64_t)(chance(2) ? 3 : below(4)) << 6; /* S2AP */
    descriptor |= (uint64_t)(chance(2) ? 3 : chance(2) ? 2 : 0) << 8;
    descriptor |= (chance(10) ? 0ul : 1ul) << 10; /* AF */
    if (chance(3))
        descriptor |= 1ul << 54; /* XN */
    return descriptor;
}

static void invalidate(uint64_t ipa) {
    asm volatile("dsb ishst" : : : "memory");
    switch (below(6)) {
    case 0:
        asm volatile("tlbi ipas2e1, %0\n\tdsb ish\n\ttlbi vmalle1" : : "r"(ipa >> 12));
        break;
    case 1:
        asm volatile("tlbi ipas2e1is, %0\n\tdsb ish\n\ttlbi vmalle1is" : : "r"(ipa >> 12));
        break;
    case 2:
        asm volatile("tlbi ipas2le1is, %0\n\tdsb ish\n\ttlbi vmalle1is" : : "r"(ipa >> 12));
        break;
    case 3:
        asm volatile("tlbi vmalls12e1");
        break;
    case 4:
        asm volatile("tlbi vmalls12e1is");
        break;
    default:
        asm volatile("tlbi alle1is");
    }
    asm volatile("dsb ish\n\tisb" : : : "memory");
}

static uint64_t translate(uint32_t kind, uint64_t va) {
    switch (kind) {
    case 0:
        asm volatile("at s12e1r, %0\n\tisb" : : "r"(va));
        break;
    case 1:
        asm volatile("at s12e1w, %0\n\tisb" : : "r"(va));
        break;
    case 2:
        asm volatile("at s12e0r, %0\n\tisb" : : "r"(va));
        break;
    case 3:
        asm volatile("at s12e0w, %0\n\tisb" : : "r"(va));
        break;
    case 4:
        asm volatile("at s1e1r, %0\n\tisb" : : "r"(va));
        break;
    default:
        asm volatile("at s1e0w, %0\n\tisb" : : "r"(va));
    }
    return READ(par_el1);
}

/* How EL1's stage 1 comes to the address. */
enum way { FLAT, MAPPED, BEHIND };
#define GIB3 0xc0000000ul
#define GIB4 0x100000000ul

static void try(const char *label, uint32_t number, const struct access *access, uint32_t level, uint64_t va, uint64_t hcr,
                uint64_t sctlr) {
    struct outcome outcome;
    uint64_t par;
    uint32_t kind = below(6);
    WRITE(sctlr_el1, sctlr);
    WRITE(hcr_el2, hcr);
    par = translate(kind, va);
    run_at(&outcome, level, va, END | (uint64_t)END << 32);
    WRITE(hcr_el2, RW);
    WRITE(sctlr_el1, SCTLR_ON);
    print(access->name);
    print(label);
    field("at", kind);
    field("vector", outcome.vector); /* What follows is compared. */
    field("par", par);
    tell("", number, &outcome);
}

void stage2(void) {
    uint32_t i, j;
    for (i = 0; i < CASES; i++) {
        uint32_t g = below(sizeof granules / sizeof granules[0]);
        struct shape shape = {granules[g].bits, granules[g].tg, 32 + below(LARGEST - 31), 0};
        uint32_t stride = shape.grain - 3, sl0, shift, offset = chance(8) ? below(64) : below(64) & ~15u;
        const struct access *access = &accesses[below(sizeof accesses / sizeof accesses[0])];
        uint32_t level = access->privileged || below(2) ? EL1 : EL0;
        enum way way = (enum way)below(3);
        uint64_t ipa, va, pa, *entry, vtcr, hcr = RW | HCR_VM, sctlr = SCTLR_ON;
        int last, candidates = 0, first;
        /* One of the levels where this size may start. */
        for (first = 0; first <= 3; first++) {
            int bits = (int)shape.input - (3 - first) * (int)stride - (int)shape.grain;
            if (bits < 1 || bits > (int)stride + 4 || (shape.grain == 12 ? first == 3 : first == 0))
                continue;
            /* Level 1 of 16 KiB needs more than 40 bits of physical addresses. */
            if (shape.grain == 14 && first == 1)
                continue;
            if (below((uint32_t)++candidates) == 0)
                shape.first = first;
        }
        if (candidates == 0)
            continue;
        sl0 = (uint32_t)((shape.grain == 12 ? 2 : 3) - shape.first);
        last = shape.first + (int)below((uint32_t)(4 - shape.first));
        if (last < granules[g].block)
            last = 3;
        shift = (uint32_t)(3 - last) * stride + shape.grain;
        pa = (uint64_t)target + offset;
        ipa = 1ul << (shape.input - 1) | pa;
        va = ipa;
        clear();
        map_image(&shape);
        entry = entry_of(&shape, ipa, last);
        put(entry, leaf((uint64_t)target, shift, last, way == BEHIND ? 44 : 32) | ((uint64_t)target >> shift << shift));
        if (chance(30) && last > shape.first) {
            /* A table on the way that is none, or that lies too far. */
            uint64_t *table = entry_of(&shape, ipa, last - 1);
            *table = chance(2) ? 0 : *table | far_away(44);
        }
        for (j = 0; j < 64; j++)
            target[j] = END | (uint64_t)END << 32;
        level1[3] = level1[4] = 0;
        if (way == FLAT) {
            sctlr = SCTLR_OFF | 1 << 12;
            if (chance(4))
                hcr |= HCR_DC;
        } else if (way == MAPPED) {
            level1[3] = (ipa & ~0x3ffffffful) | BLOCK | ACCESS | INNER | (uint64_t)below(4) << 6 | (chance(4) ? below(3) << 2 : 0);
            va = GIB3 | (ipa & 0x3ffffffful);
        } else {
            /* A table of stage 1 behind stage 2: it maps the image. */
            for (j = 0; j < 16; j++)
                target[j] = (0x40000000 + 0x200000ul * j) | BLOCK | ACCESS | INNER | (level == EL0 ? USER : 0);
            level1[4] = (ipa & ~0xffful) | TABLE;
            va = GIB4 | ((uint64_t)code - 0x40000000) | 0x800;
            if (chance(3))
                hcr |= HCR_PTW;
        }
        if (access->words[0] == 0xd61f0000)
            va &= ~3ul;
        /* QEMU does not fault on misaligned accesses to Device memory. */
        va &= ~15ul;
        vtcr = (64 - shape.input) | sl0 << 6 | 1ul << 8 | 1ul << 10 | 3ul << 12 | (uint64_t)shape.tg << 14 | PA_SIZE << 16 | 1ul << 31;
        /* QEMU takes PS for what the processor has where it asks whether a walk may start, so PS is no less than the input. */
        if (chance(4) && shape.input <= 36 && shape.first > 0)
            vtcr = (vtcr & ~(7ul << 16)) | (uint64_t)(1 + below(2)) << 16;
        if (chance(40) && shape.grain != 14)
            vtcr = (vtcr & ~0xc0ul) | (uint64_t)below(4) << 6; /* another starting level */
        WRITE(vtcr_el2, vtcr);
        WRITE(vttbr_el2, (uint64_t)start | (uint64_t)below(3) << 48);
        asm volatile("dsb ish\n\ttlbi alle1\n\tdsb ish\n\tisb" : : : "memory");
        assemble(access->words, access->count);
        field("granule", shape.grain);
        field("input", shape.input);
        field("levels", (uint64_t)(shape.first << 4 | last));
        field("way", way);
        field("el", level >> 2);
        field("descriptor", *entry);
        field("vtcr", vtcr);
        field("hcr", hcr);
        field("va", va);
        print(" ");
        try(" first", i, access, level, va, hcr, sctlr);
        *entry = chance(2) ? *entry ^ (1ul << (6 + below(2))) : chance(2) ? 0 : leaf((uint64_t)target, shift, last, way == BEHIND ? 44 : 32);
        invalidate(ipa);
        field("descriptor", *entry);
        print(" ");
        try(" again", i, access, level, va, hcr, sctlr);
    }
    clear();
    level1[3] = level1[4] = 0;
    WRITE(vttbr_el2, 0);
    WRITE(vtcr_el2, 1ul << 31);
    asm volatile("tlbi alle1\n\tdsb ish\n\tisb" : : : "memory");
}
