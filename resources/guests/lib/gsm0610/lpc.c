// ETS 300 961 5.2.4 to 5.2.7: linear prediction of a frame.
#include "fixed.h"
#include "parts.h"

static void autocorrelate(int16_t s[GSM0610_SAMPLES], int32_t acf[GSM0610_ORDER + 1]) {
    int16_t largest = 0;
    for (int k = 0; k < GSM0610_SAMPLES; k++) {
        if (magnitude(s[k]) > largest) largest = magnitude(s[k]);
    }
    // So that sums of 160 products fit.
    const int scale = largest == 0 ? 0 : 4 - norm((int32_t)largest << 16);
    if (scale > 0) {
        for (int k = 0; k < GSM0610_SAMPLES; k++) s[k] = mult_r(s[k], (int16_t)(16384 >> (scale - 1)));
    }
    for (int lag = 0; lag <= GSM0610_ORDER; lag++) {
        acf[lag] = 0;
        for (int k = lag; k < GSM0610_SAMPLES; k++) acf[lag] = add32(acf[lag], mult32(s[k], s[k - lag]));
    }
    if (scale > 0) {
        for (int k = 0; k < GSM0610_SAMPLES; k++) s[k] = shift(s[k], scale);
    }
}

// Schur's recursion (5.2.5).
static void reflect(const int32_t acf[GSM0610_ORDER + 1], int16_t r[GSM0610_ORDER]) {
    int16_t p[GSM0610_ORDER + 1], k[GSM0610_ORDER + 1];
    for (int i = 0; i < GSM0610_ORDER; i++) r[i] = 0;
    if (acf[0] == 0) return;
    const int shifts = norm(acf[0]);
    for (int i = 0; i <= GSM0610_ORDER; i++) p[i] = k[i] = (int16_t)(shift32(acf[i], shifts) >> 16);
    for (int n = 0; n < GSM0610_ORDER; n++) {
        const int16_t size = magnitude(p[1]);
        if (p[0] < size) return;
        r[n] = divide(size, p[0]);
        if (p[1] > 0) r[n] = sub(0, r[n]);
        if (n == GSM0610_ORDER - 1) return;
        p[0] = add(p[0], mult_r(p[1], r[n]));
        // k[m] is K[9-m] of the standard.
        for (int m = 1; m < GSM0610_ORDER - n; m++) {
            const int16_t next = p[m + 1];
            p[m] = add(next, mult_r(k[m], r[n]));
            k[m] = add(k[m], mult_r(next, r[n]));
        }
    }
}

// Three straight lines instead of the logarithm of an area ratio (5.2.6).
static int16_t log_area_ratio(int16_t r) {
    const int16_t size = magnitude(r);
    const int16_t lar = size < 22118 ? size >> 1 : size < 31130 ? size - 11059 : (int16_t)((size - 26112) * 4);
    return r < 0 ? -lar : lar;
}

// The steps are wider for the coefficients that matter less (5.2.7, table 5.1).
static uint8_t quantise(int16_t lar, int i) {
    static const int16_t factor[GSM0610_ORDER] = {20480, 20480, 20480, 20480, 13964, 15360, 8534, 9036};
    static const int8_t most[GSM0610_ORDER] = {31, 31, 15, 15, 7, 7, 3, 3};
    const int16_t level = add(add(mult(factor[i], lar), gsm0610_lar_offset[i]), 256) >> 9;
    const int16_t least = gsm0610_lar_least[i];
    return (uint8_t)((level > most[i] ? most[i] : level < least ? least : level) - least);
}

void gsm0610_analyse(int16_t s[GSM0610_SAMPLES], uint8_t larc[GSM0610_ORDER]) {
    int32_t acf[GSM0610_ORDER + 1];
    int16_t r[GSM0610_ORDER];
    autocorrelate(s, acf);
    reflect(acf, r);
    for (int i = 0; i < GSM0610_ORDER; i++) larc[i] = quantise(log_area_ratio(r[i]), i);
}
