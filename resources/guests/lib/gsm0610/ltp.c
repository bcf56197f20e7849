// ETS 300 961 5.2.11: long-term prediction, the pitch of a voice.
#include "fixed.h"
#include "parts.h"

const int16_t gsm0610_gains[4] = {3277, 11469, 21299, 32767};

static int16_t largest(const int16_t d[GSM0610_SUBFRAME]) {
    int16_t most = 0;
    for (int k = 0; k < GSM0610_SUBFRAME; k++) {
        if (magnitude(d[k]) > most) most = magnitude(d[k]);
    }
    return most;
}

void gsm0610_predict(const int16_t d[GSM0610_SUBFRAME], const int16_t dp[GSM0610_MAX_LAG], struct gsm0610_subframe *subframe) {
    // Scaled so that the cross-correlation fits.
    const int16_t most = largest(d);
    const int room = most == 0 ? 0 : norm((int32_t)most << 16);
    const int scale = most == 0 || room > 6 ? 0 : 6 - room;

    int32_t best = 0;
    subframe->nc = GSM0610_MIN_LAG;
    for (int lag = GSM0610_MIN_LAG; lag <= GSM0610_MAX_LAG; lag++) {
        const int16_t *past = dp + GSM0610_MAX_LAG - lag;
        int32_t sum = 0;
        for (int k = 0; k < GSM0610_SUBFRAME; k++) sum = add32(sum, mult32(d[k] >> scale, past[k]));
        if (sum > best) {
            best = sum;
            subframe->nc = (uint8_t)lag;
        }
    }
    best >>= 6 - scale;

    int32_t power = 0;
    for (int k = 0; k < GSM0610_SUBFRAME; k++) {
        const int16_t past = dp[GSM0610_MAX_LAG - subframe->nc + k] >> 3;
        power = add32(power, mult32(past, past));
    }

    subframe->bc = 0;
    if (best <= 0) return;
    subframe->bc = 3;
    if (best >= power) return;
    static const int16_t levels[3] = {6554, 16384, 26214};
    const int shifts = norm(power);
    const int16_t r = (int16_t)(shift32(best, shifts) >> 16), s = (int16_t)(shift32(power, shifts) >> 16);
    for (subframe->bc = 0; subframe->bc < 3; subframe->bc++) {
        if (r <= mult(s, levels[subframe->bc])) return;
    }
}
