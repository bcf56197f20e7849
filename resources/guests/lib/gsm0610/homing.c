// Homing frames (ETS 300 961 clause 4): either side takes the other to where bits can be compared.
#include "parts.h"

// The frame is what an encoder in its home state makes of 160 samples of 8: this, the ratios below, lags of 40, all else 0.
static uint8_t homing_pulse(int subframe, int pulse) { return subframe == 3 && pulse == 4 ? 3 : 4; }

bool gsm0610_is_decoder_homing(const struct gsm0610_parameters *parameters) {
    static const uint8_t larc[GSM0610_ORDER] = {9, 23, 15, 8, 7, 3, 3, 2};
    for (int i = 0; i < GSM0610_ORDER; i++) {
        if (parameters->larc[i] != larc[i]) return false;
    }
    for (int j = 0; j < GSM0610_SUBFRAMES; j++) {
        const struct gsm0610_subframe *sub = &parameters->subframes[j];
        if (sub->nc != 40 || sub->bc || sub->mc || sub->xmaxc) return false;
        for (int i = 0; i < GSM0610_PULSES; i++) {
            if (sub->xmc[i] != homing_pulse(j, i)) return false;
        }
    }
    return true;
}

enum { HOMING_SAMPLE = 8 };

bool gsm0610_is_encoder_homing(const int16_t samples[GSM0610_SAMPLES]) {
    for (int k = 0; k < GSM0610_SAMPLES; k++) {
        if (samples[k] != HOMING_SAMPLE) return false;
    }
    return true;
}

void gsm0610_encoder_homing(int16_t samples[GSM0610_SAMPLES]) {
    for (int k = 0; k < GSM0610_SAMPLES; k++) samples[k] = HOMING_SAMPLE;
}
