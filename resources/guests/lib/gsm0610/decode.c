// The decoder of ETS 300 961 5.3.
#include "fixed.h"
#include "parts.h"

enum { DE_EMPHASIS = 28180 };

// The residual of a subframe from its pulses and its past (5.3.1, 5.3.2).
static void excite(struct gsm0610_decoder *decoder, const struct gsm0610_subframe *subframe, int16_t wt[GSM0610_SUBFRAME]) {
    int16_t ep[GSM0610_SUBFRAME];
    gsm0610_rpe_decode(subframe, ep);
    // A lag that no encoder sends came by an error of the channel: the one before instead.
    if (subframe->nc >= GSM0610_MIN_LAG && subframe->nc <= GSM0610_MAX_LAG) decoder->nr = subframe->nc;
    for (int k = 0; k < GSM0610_SUBFRAME; k++) {
        wt[k] = add(ep[k], mult_r(gsm0610_gains[subframe->bc], decoder->dp[GSM0610_MAX_LAG - decoder->nr + k]));
    }
    for (int k = 0; k < GSM0610_MAX_LAG - GSM0610_SUBFRAME; k++) decoder->dp[k] = decoder->dp[k + GSM0610_SUBFRAME];
    for (int k = 0; k < GSM0610_SUBFRAME; k++) decoder->dp[GSM0610_MAX_LAG - GSM0610_SUBFRAME + k] = wt[k];
}

// The inverse of the encoder's lattice (5.3.4).
static void synthesise(struct gsm0610_decoder *decoder, int16_t rrp[GSM0610_SEGMENTS][GSM0610_ORDER], int16_t s[GSM0610_SAMPLES]) {
    int16_t *const v = decoder->v;
    int k = 0;
    for (int segment = 0; segment < GSM0610_SEGMENTS; segment++) {
        for (; k < gsm0610_segment_ends[segment]; k++) {
            int16_t sri = s[k];
            for (int i = GSM0610_ORDER - 1; i >= 0; i--) {
                sri = sub(sri, mult_r(rrp[segment][i], v[i]));
                v[i + 1] = add(v[i], mult_r(rrp[segment][i], sri));
            }
            s[k] = v[0] = sri;
        }
    }
}

// De-emphasis, full scale, 13 bits (5.3.5 to 5.3.7).
static void postprocess(struct gsm0610_decoder *decoder, int16_t s[GSM0610_SAMPLES]) {
    for (int k = 0; k < GSM0610_SAMPLES; k++) {
        decoder->msr = add(s[k], mult_r(decoder->msr, DE_EMPHASIS));
        s[k] = (int16_t)(add(decoder->msr, decoder->msr) & ~7);
    }
}

void gsm0610_decoder_home(struct gsm0610_decoder *decoder) { *decoder = (struct gsm0610_decoder){.nr = GSM0610_MIN_LAG, .home = true}; }

bool gsm0610_decode(struct gsm0610_decoder *decoder, const uint8_t frame[GSM0610_FRAME_BYTES], int16_t samples[GSM0610_SAMPLES]) {
    struct gsm0610_parameters parameters;
    int16_t rrp[GSM0610_SEGMENTS][GSM0610_ORDER];
    if (!gsm0610_unpack(frame, &parameters)) return false;
    const bool homing = gsm0610_is_decoder_homing(&parameters);
    // From the second in a row the encoder at the far end is to be taken home as well.
    if (homing && decoder->home) {
        gsm0610_encoder_homing(samples);
        return true;
    }
    gsm0610_reflections(decoder->larpp, parameters.larc, rrp);
    for (int j = 0; j < GSM0610_SUBFRAMES; j++) excite(decoder, &parameters.subframes[j], samples + j * GSM0610_SUBFRAME);
    synthesise(decoder, rrp, samples);
    postprocess(decoder, samples);
    decoder->home = false;
    if (homing) gsm0610_decoder_home(decoder);
    return true;
}
