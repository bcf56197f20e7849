// Loads, stores and jumps to what is not ours. Nothing is mapped but by the windows, so stage 1 refuses nothing.
#include "attacker.h"

// The entries of the map that are moved: a block, and a table.
enum { WINDOW = 511, WALK = 510 };
static const uint64_t GIB = (uint64_t)1 << 30;

uintptr_t window(uint64_t physical) {
    static uint64_t at = ~(uint64_t)0;
    const uint64_t gigabyte = physical & -GIB;
    if (gigabyte != at) {
        // Devices, but executable: block, attribute 0, accessed.
        flat_map[WINDOW] = gigabyte | 1 | 1 << 10;
        __asm__ volatile("dsb ishst\n tlbi vmalle1\n dsb ish\n isb" ::: "memory");
        at = gigabyte;
    }
    return WINDOW * GIB + physical % GIB;
}

// What we got of what is not ours stays here, for whoever looks for secrets.
static volatile uint64_t loot[4096 / sizeof(uint64_t)];

static enum outcome loot_word(uintptr_t at) {
    static unsigned count;
    caught_nothing();
    const uint64_t word = *(volatile uint64_t *)at;
    if (caught() == DONE) loot[count++ % array_length(loot)] = word;
    return caught();
}

static enum outcome load(uintptr_t at) {
    caught_nothing();
    switch (random_below(11)) {
        case 0: (void)*(volatile uint8_t *)at; break;
        case 1: (void)*(volatile uint16_t *)at; break;
        case 2: (void)*(volatile uint32_t *)at; break;
        case 3: return loot_word(at);
        case 4: __asm__ volatile("ldp x10, x11, [%0]" ::"r"(at) : "x10", "x11", "memory"); break;
        case 5: __asm__ volatile("ldar x10, [%0]" ::"r"(at) : "x10", "memory"); break;
        case 6: __asm__ volatile("ldtr x10, [%0]" ::"r"(at) : "x10", "memory"); break;
        case 7: __asm__ volatile("prfm pldl1keep, [%0]" ::"r"(at) : "memory"); break;
        case 8: __asm__ volatile(".arch_extension simd\n ld1 {v0.16b-v3.16b}, [%0]" ::"r"(at) : "memory"); break;
        case 9: __asm__ volatile("ldrsb x10, [%0], #1" : "+r"(at) : : "x10", "memory"); break;
        default: __asm__ volatile("ldxr x10, [%0]\n clrex" ::"r"(at) : "x10", "memory"); break;
    }
    return caught();
}

enum outcome attack_load(void) { return load(window(outside())); }

// One page after another of the first 4 GiB, from where channels are; there are a million.
enum outcome attack_page(void) {
    enum { PAGE = 4096, PAGES = 1 << 20, CHANNELS = 0xd000 };
    static uint64_t page = CHANNELS;
    uint64_t at;
    do at = page++ % PAGES * PAGE;
    while (is_ours(at));
    return loot_word(window(at));
}

// Our own translation by tables that lie in what is not ours (DDI 0487 D8.3): the walk reads it.
enum outcome attack_walk(void) {
    flat_map[WALK] = (outside() & 0xfffffffff000) | 3;
    __asm__ volatile("dsb ishst\n tlbi vmalle1\n dsb ish\n isb" ::: "memory");
    const enum outcome outcome = load(WALK * GIB + random_below(GIB));
    flat_map[WALK] = 0;
    return outcome;
}

enum outcome attack_store(void) {
    const uintptr_t at = window(outside());
    const uint64_t value = any_argument();
    caught_nothing();
    switch (random_below(11)) {
        case 0: *(volatile uint8_t *)at = (uint8_t)value; break;
        case 1: *(volatile uint16_t *)at = (uint16_t)value; break;
        case 2: *(volatile uint32_t *)at = (uint32_t)value; break;
        case 3: *(volatile uint64_t *)at = value; break;
        case 4: __asm__ volatile("stp %1, %1, [%0]" ::"r"(at), "r"(value) : "memory"); break;
        case 5: __asm__ volatile("ldxr x10, [%0]\n stxr w10, %1, [%0]" ::"r"(at), "r"(value) : "x10", "memory"); break;
        case 6: __asm__ volatile("stlr %1, [%0]" ::"r"(at), "r"(value) : "memory"); break;
        case 7: __asm__ volatile(".arch_extension lse\n ldadd %1, x10, [%0]" ::"r"(at), "r"(value) : "x10", "memory"); break;
        case 8: __asm__ volatile(".arch_extension lse\n casp x10, x11, x12, x13, [%0]" ::"r"(at) : "x10", "x11", "memory"); break;
        case 9: __asm__ volatile(".arch_extension simd\n st1 {v0.16b-v3.16b}, [%0]" ::"r"(at) : "memory"); break;
        default: __asm__ volatile("dc zva, %0" ::"r"(at) : "memory"); break;
    }
    return caught();
}

enum outcome attack_jump(void) {
    const uint64_t arguments[8] = {0};
    const uintptr_t at = window(outside()) & (one_in(8) ? ~(uintptr_t)0 : ~(uintptr_t)3);
    caught_nothing();
    execute((const void *)at, arguments);
    return caught();
}
