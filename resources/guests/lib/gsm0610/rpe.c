// ETS 300 961 5.2.13 to 5.2.17: regular pulse excitation.
#include "fixed.h"
#include "parts.h"

enum { GRIDS = 4, TAPS = 11 };

// A low-pass filter over the subframe, with zeros around it (5.2.13).
static void weigh(const int16_t e[GSM0610_SUBFRAME], int16_t x[GSM0610_SUBFRAME]) {
    static const int16_t h[TAPS] = {-134, -374, 0, 2054, 5741, 8192, 5741, 2054, 0, -374, -134};
    for (int k = 0; k < GSM0610_SUBFRAME; k++) {
        int32_t sum = 8192;
        for (int i = 0; i < TAPS; i++) {
            const int at = k + i - TAPS / 2;
            if (at >= 0 && at < GSM0610_SUBFRAME) sum = add32(sum, mult32(e[at], h[i]));
        }
        sum = add32(sum, sum);
        x[k] = (int16_t)(add32(sum, sum) >> 16);
    }
}

// Of the four grids of every third sample the one with the most energy (5.2.14).
static uint8_t select_grid(const int16_t x[GSM0610_SUBFRAME]) {
    int32_t most = 0;
    uint8_t selected = 0;
    for (uint8_t grid = 0; grid < GRIDS; grid++) {
        int32_t energy = 0;
        for (int i = 0; i < GSM0610_PULSES; i++) {
            const int16_t pulse = x[grid + 3 * i] >> 2;
            energy = add32(energy, mult32(pulse, pulse));
        }
        if (energy > most) {
            most = energy;
            selected = grid;
        }
    }
    return selected;
}

struct block_maximum {
    int exponent, mantissa;
};

// The largest pulse has 3 bits of mantissa and an exponent (5.2.15).
static uint8_t quantise_maximum(int16_t xmax) {
    int exponent = 0;
    for (int rest = xmax >> 9; rest > 0 && exponent < 6; rest >>= 1) exponent++;
    return (uint8_t)((xmax >> (exponent + 5)) + exponent * 8);
}

static struct block_maximum decode_maximum(uint8_t xmaxc) {
    int exponent = xmaxc > 15 ? (xmaxc >> 3) - 1 : 0;
    int mantissa = xmaxc - exponent * 8;
    if (mantissa == 0) return (struct block_maximum){-4, 7};
    for (; mantissa <= 7; exponent--) mantissa = mantissa << 1 | 1;
    return (struct block_maximum){exponent, mantissa - 8};
}

void gsm0610_rpe_encode(const int16_t e[GSM0610_SUBFRAME], struct gsm0610_subframe *subframe) {
    static const int16_t inverse_mantissa[8] = {29128, 26215, 23832, 21846, 20165, 18725, 17476, 16384};
    int16_t x[GSM0610_SUBFRAME];
    weigh(e, x);
    subframe->mc = select_grid(x);
    const int16_t *const pulses = x + subframe->mc;
    int16_t xmax = 0;
    for (int i = 0; i < GSM0610_PULSES; i++) {
        if (magnitude(pulses[3 * i]) > xmax) xmax = magnitude(pulses[3 * i]);
    }
    subframe->xmaxc = quantise_maximum(xmax);
    const struct block_maximum maximum = decode_maximum(subframe->xmaxc);
    for (int i = 0; i < GSM0610_PULSES; i++) {
        const int16_t scaled = mult(shift(pulses[3 * i], 6 - maximum.exponent), inverse_mantissa[maximum.mantissa]);
        subframe->xmc[i] = (uint8_t)((scaled >> 12) + 4);
    }
}

void gsm0610_rpe_decode(const struct gsm0610_subframe *subframe, int16_t ep[GSM0610_SUBFRAME]) {
    static const int16_t mantissas[8] = {18431, 20479, 22527, 24575, 26623, 28671, 30719, 32767};
    const struct block_maximum maximum = decode_maximum(subframe->xmaxc);
    const int down = 6 - maximum.exponent;
    const int16_t half = shift(1, down - 1);
    for (int k = 0; k < GSM0610_SUBFRAME; k++) ep[k] = 0;
    for (int i = 0; i < GSM0610_PULSES; i++) {
        const int16_t level = (int16_t)((subframe->xmc[i] * 2 - 7) * 4096);
        ep[subframe->mc + 3 * i] = add(mult_r(mantissas[maximum.mantissa], level), half) >> down;
    }
}
