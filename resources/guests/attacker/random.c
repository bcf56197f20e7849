#include "attacker.h"

static uint64_t state;

void random_start(uint64_t seed) { state = seed * 0x9e3779b97f4a7c15 | 1; }

uint64_t random(void) {
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

// The console is ours, and the summary shall be readable.
static const uint64_t CONSOLE = 0x09000000, PAGE = 4096;

bool is_ours(uint64_t address) {
    return (address >= board.memory_base && address - board.memory_base < board.memory_size) || (address & -PAGE) == CONSOLE;
}

// Whoever else is on the board most likely has memory behind ours, and channels where we have some.
static uint64_t any_page(void) {
    static const uint64_t CHANNELS = 0x0d000000, NEAR = 64 << 20;
    switch (random_below(4)) {
        case 0: return (one_in(4) ? CHANNELS + random_below(NEAR / 4) : board.memory_base + random_below(2 * NEAR)) / PAGE;
        case 1: return random() >> (one_in(8) ? 28 : 36);
        default: return random() >> 44;
    }
}

uint64_t outside(void) {
    for (;;) {
        // Registers stand at the start of a page.
        const uint64_t offset = one_in(2) ? random_below(0x100) : random_below(PAGE);
        const uint64_t page = any_page();
        if (!is_ours(page * PAGE)) return page * PAGE + offset;
    }
}

uint64_t any_argument(void) {
    switch (random_below(6)) {
        case 0: return random_below(16);
        case 1: return outside();
        case 2: return board.memory_base + random_below(board.memory_size);
        case 3: return -random_below(16);
        case 4: return (uint64_t)1 << random_below(64);
        default: return random();
    }
}
