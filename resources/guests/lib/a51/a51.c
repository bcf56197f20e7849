#include "a51.h"

// Three shift registers; a bit goes in at the bottom, the result comes out at the top.
struct shift_register {
    uint32_t taps, clock, top;
};
static const struct shift_register registers[3] = {
    {1 << 18 | 1 << 17 | 1 << 16 | 1 << 13, 1 << 8, 1 << 18},
    {1 << 21 | 1 << 20, 1 << 10, 1 << 21},
    {1 << 22 | 1 << 21 | 1 << 20 | 1 << 7, 1 << 10, 1 << 22},
};

static void step(uint32_t state[3], int i, uint32_t in) {
    const struct shift_register *r = &registers[i];
    const uint32_t feedback = (uint32_t)__builtin_parity(state[i] & r->taps) ^ in;
    state[i] = (state[i] << 1 & (r->top * 2 - 1)) | feedback;
}

static void mix_in(uint32_t state[3], uint32_t bit) {
    for (int i = 0; i < 3; i++) step(state, i, bit & 1);
}

// Those step that agree with the majority.
static void clock(uint32_t state[3]) {
    int ones = 0;
    for (int i = 0; i < 3; i++) ones += (state[i] & registers[i].clock) != 0;
    const uint32_t before[3] = {state[0], state[1], state[2]};
    for (int i = 0; i < 3; i++) {
        if (((before[i] & registers[i].clock) != 0) == (ones >= 2)) step(state, i, 0);
    }
}

static void burst(uint32_t state[3], uint8_t out[A51_BURST_BYTES]) {
    for (int i = 0; i < A51_BURST_BYTES; i++) out[i] = 0;
    for (int n = 0; n < A51_BURST_BITS; n++) {
        clock(state);
        uint32_t bit = 0;
        for (int i = 0; i < 3; i++) bit ^= (state[i] & registers[i].top) != 0;
        out[n / 8] |= (uint8_t)(bit << (7 - n % 8));
    }
}

void a51_keystream(const uint8_t key[A51_KEY_BYTES], uint32_t count, uint8_t downlink[A51_BURST_BYTES], uint8_t uplink[A51_BURST_BYTES]) {
    uint32_t state[3] = {0};
    for (int n = 0; n < 64; n++) mix_in(state, (uint32_t)key[n / 8] >> n % 8);
    for (int n = 0; n < 22; n++) mix_in(state, count >> n);
    for (int n = 0; n < 100; n++) clock(state);
    burst(state, downlink);
    burst(state, uplink);
}

uint32_t a51_count(uint32_t frame_number) { return frame_number / (26 * 51) << 11 | frame_number % 51 << 5 | frame_number % 26; }
