// 3 tail bits, 57 of data, a stealing flag, 26 of training sequence 0, a flag, 57 of data, 3 tail bits; the first bit is bit 0 of the first word.
#include "baseband.h"

enum { HALF = BURST_BITS / 2, FIRST = 3, TRAINING_AT = FIRST + HALF + 1, TRAINING_BITS = 26, SECOND = TRAINING_AT + TRAINING_BITS + 1 };
enum { SEARCH = 2 }; // bits to either side

// TS 45.002 table 5.2.3a: 00100101110000100010010111, its first bit in bit 0.
static const uint32_t TRAINING = 0x3a443a4;

static void set(uint32_t words[BURST_WORDS], unsigned at, uint32_t bit) { words[at / 32] |= bit << at % 32; }
static uint32_t get(const uint32_t words[BURST_WORDS], unsigned at) { return words[at / 32] >> at % 32 & 1; }

void burst_build(const uint8_t data[BURST_BITS], uint32_t words[BURST_WORDS]) {
    for (unsigned i = 0; i < BURST_WORDS; i++) words[i] = 0;
    for (unsigned i = 0; i < HALF; i++) {
        set(words, FIRST + i, data[i]);
        set(words, SECOND + i, data[HALF + i]);
    }
    for (unsigned i = 0; i < TRAINING_BITS; i++) set(words, TRAINING_AT + i, TRAINING >> i & 1);
}

// As an equaliser does: looks where the training sequence fits best. The air of this radio moves nothing, so that is the middle.
unsigned burst_take_apart(const uint32_t words[BURST_WORDS], uint8_t data[BURST_BITS]) {
    unsigned best = 0, shift = SEARCH;
    for (unsigned s = 0; s <= 2 * SEARCH; s++) {
        unsigned equal_bits = 0;
        for (unsigned i = 0; i < TRAINING_BITS; i++) equal_bits += get(words, TRAINING_AT + i + s - SEARCH) == (TRAINING >> i & 1);
        if (equal_bits > best) {
            best = equal_bits;
            shift = s;
        }
    }
    for (unsigned i = 0; i < HALF; i++) {
        data[i] = (uint8_t)get(words, FIRST + i + shift - SEARCH);
        data[HALF + i] = (uint8_t)get(words, SECOND + i + shift - SEARCH);
    }
    return best;
}
