// TCH/FS: parity over the 50 most important bits, a convolutional code over 182, the other 78 as they are; spread over 8 bursts (3GPP TS 45.003
// §3.1). The order of the bits by importance (its table 2) is left out: they are taken as the codec gives them.
#include "baseband.h"

enum { IMPORTANT = 50, PROTECTED = 182, PARITY = 3, TAIL = 4, STEPS = PROTECTED + PARITY + TAIL, STATES = 16, PLAIN_AT = 2 * STEPS };

// g(D) = D^3 + D + 1, complemented.
static unsigned parity_of(const uint8_t *bits) {
    unsigned rest = 0;
    for (unsigned i = 0; i < IMPORTANT + PARITY; i++) {
        rest = rest << 1 | (i < IMPORTANT ? bits[i] : 0);
        if (rest & 8) rest ^= 0xb;
    }
    return ~rest & 7;
}

// Even ones from the front, odd ones from the back, parity between (§3.1.2.2).
static unsigned place(unsigned bit) { return bit % 2 == 0 ? bit / 2 : 184 - bit / 2; }

// Two bits of the code, G0 = 1 + D^3 + D^4 on top of G1 = 1 + D + D^3 + D^4; bit n of the state is the input n + 1 steps ago.
static unsigned code(unsigned state, unsigned input) {
    const unsigned g0 = (input ^ state >> 2 ^ state >> 3) & 1;
    return g0 << 1 | (g0 ^ (state & 1));
}

void channel_encode(const uint8_t speech[SPEECH_BITS], uint8_t coded[CODED_BITS]) {
    uint8_t bits[STEPS] = {0};
    const unsigned parity = parity_of(speech);
    for (unsigned i = 0; i < PROTECTED; i++) bits[place(i)] = speech[i];
    for (unsigned i = 0; i < PARITY; i++) bits[91 + i] = parity >> (2 - i) & 1;
    unsigned state = 0;
    for (unsigned i = 0; i < STEPS; i++) {
        const unsigned pair = code(state, bits[i]);
        coded[2 * i] = pair >> 1;
        coded[2 * i + 1] = pair & 1;
        state = (state << 1 | bits[i]) & (STATES - 1);
    }
    for (unsigned i = PROTECTED; i < SPEECH_BITS; i++) coded[PLAIN_AT + i - PROTECTED] = speech[i];
}

// The path through the states that differs least from what was received (A. J. Viterbi, IEEE Trans. Inf. Theory 13/2, 1967).
static void decode_path(const uint8_t coded[CODED_BITS], uint8_t bits[STEPS]) {
    static const uint8_t ones[4] = {0, 1, 1, 2};
    uint16_t distance[STATES], next[STATES], from[STEPS];
    for (unsigned state = 0; state < STATES; state++) distance[state] = state == 0 ? 0 : 1000;
    for (unsigned i = 0; i < STEPS; i++) {
        const unsigned pair = (unsigned)coded[2 * i] << 1 | coded[2 * i + 1];
        from[i] = 0;
        for (unsigned state = 0; state < STATES; state++) {
            const unsigned low = state >> 1, high = low | STATES / 2, input = state & 1;
            const unsigned by_low = distance[low] + ones[code(low, input) ^ pair];
            const unsigned by_high = distance[high] + ones[code(high, input) ^ pair];
            next[state] = (uint16_t)(by_high < by_low ? by_high : by_low);
            if (by_high < by_low) from[i] |= (uint16_t)(1u << state);
        }
        for (unsigned state = 0; state < STATES; state++) distance[state] = next[state];
    }
    // The tail has led back to state 0.
    unsigned state = 0;
    for (unsigned i = STEPS; i-- > 0;) {
        bits[i] = state & 1;
        state = state >> 1 | (from[i] >> state & 1) * STATES / 2;
    }
}

bool channel_decode(const uint8_t coded[CODED_BITS], uint8_t speech[SPEECH_BITS]) {
    uint8_t bits[STEPS];
    decode_path(coded, bits);
    for (unsigned i = 0; i < PROTECTED; i++) speech[i] = bits[place(i)];
    for (unsigned i = PROTECTED; i < SPEECH_BITS; i++) speech[i] = coded[PLAIN_AT + i - PROTECTED];
    const unsigned parity = (unsigned)bits[91] << 2 | (unsigned)bits[92] << 1 | bits[93];
    return parity == parity_of(speech);
}

// §3.1.3: bit k is in burst 4n + k mod 8, in the even places of the first four and the odd ones of the others.
static uint8_t *place_in(uint8_t bursts[INTERLEAVED_BURSTS][BURST_BITS], unsigned block, unsigned k) {
    return &bursts[(4 * block + k) % INTERLEAVED_BURSTS][2 * (49 * k % 57) + k % 8 / 4];
}

void interleave(uint8_t bursts[INTERLEAVED_BURSTS][BURST_BITS], unsigned block, const uint8_t coded[CODED_BITS]) {
    for (unsigned k = 0; k < CODED_BITS; k++) *place_in(bursts, block, k) = coded[k];
}

void deinterleave(const uint8_t bursts[INTERLEAVED_BURSTS][BURST_BITS], unsigned block, uint8_t coded[CODED_BITS]) {
    for (unsigned k = 0; k < CODED_BITS; k++) coded[k] = *place_in((uint8_t(*)[BURST_BITS])bursts, block, k);
}
