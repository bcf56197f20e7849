// ETS 300 961 5.2.8 and 5.2.9: from coded log area ratios to the coefficients of the lattice filters, in both directions.
#include "fixed.h"
#include "parts.h"

const uint8_t gsm0610_segment_ends[GSM0610_SEGMENTS] = {13, 27, 40, 160};
const int16_t gsm0610_lar_offset[GSM0610_ORDER] = {0, 0, 2048, -2560, 94, -1792, -341, -1144};
const int8_t gsm0610_lar_least[GSM0610_ORDER] = {-32, -32, -16, -16, -8, -8, -4, -4};

static int16_t decode(uint8_t larc, int i) {
    static const int16_t factor[GSM0610_ORDER] = {13107, 13107, 13107, 13107, 19223, 17476, 31454, 29708};
    const int16_t level = sub((int16_t)((larc + gsm0610_lar_least[i]) * 1024), (int16_t)(gsm0610_lar_offset[i] * 2));
    const int16_t half = mult_r(factor[i], level);
    return add(half, half);
}

static int16_t interpolate(int16_t before, int16_t now, int segment) {
    switch (segment) {
        case 0: return add(add(before >> 2, now >> 2), before >> 1);
        case 1: return add(before >> 1, now >> 1);
        case 2: return add(add(before >> 2, now >> 2), now >> 1);
        default: return now;
    }
}

static int16_t reflection(int16_t lar) {
    const int16_t size = magnitude(lar);
    const int16_t r = size < 11059 ? (int16_t)(size * 2) : size < 20070 ? size + 11059 : add(size >> 2, 26112);
    return lar < 0 ? sub(0, r) : r;
}

void gsm0610_reflections(int16_t larpp[GSM0610_ORDER], const uint8_t larc[GSM0610_ORDER], int16_t rp[GSM0610_SEGMENTS][GSM0610_ORDER]) {
    for (int i = 0; i < GSM0610_ORDER; i++) {
        const int16_t now = decode(larc[i], i);
        for (int segment = 0; segment < GSM0610_SEGMENTS; segment++) rp[segment][i] = reflection(interpolate(larpp[i], now, segment));
        larpp[i] = now;
    }
}
