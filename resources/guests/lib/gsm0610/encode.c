// The encoder of ETS 300 961 5.2.
#include "fixed.h"
#include "parts.h"

// The lattice that takes off what the reflection coefficients predict (5.2.10).
static void filter(struct gsm0610_encoder *encoder, int16_t rp[GSM0610_SEGMENTS][GSM0610_ORDER], int16_t s[GSM0610_SAMPLES]) {
    int k = 0;
    for (int segment = 0; segment < GSM0610_SEGMENTS; segment++) {
        for (; k < gsm0610_segment_ends[segment]; k++) {
            int16_t forward = s[k], backward = s[k];
            for (int i = 0; i < GSM0610_ORDER; i++) {
                const int16_t delayed = encoder->u[i], r = rp[segment][i];
                encoder->u[i] = backward;
                backward = add(delayed, mult_r(r, forward));
                forward = add(forward, mult_r(r, delayed));
            }
            s[k] = forward;
        }
    }
}

// What the decoder will have instead of d joins the past (5.2.12, 5.2.16 to 5.2.18).
static void encode_subframe(struct gsm0610_encoder *encoder, const int16_t d[GSM0610_SUBFRAME], struct gsm0610_subframe *subframe) {
    int16_t dpp[GSM0610_SUBFRAME], e[GSM0610_SUBFRAME], ep[GSM0610_SUBFRAME];
    gsm0610_predict(d, encoder->dp, subframe);
    for (int k = 0; k < GSM0610_SUBFRAME; k++) {
        dpp[k] = mult_r(gsm0610_gains[subframe->bc], encoder->dp[GSM0610_MAX_LAG - subframe->nc + k]);
        e[k] = sub(d[k], dpp[k]);
    }
    gsm0610_rpe_encode(e, subframe);
    gsm0610_rpe_decode(subframe, ep);
    for (int k = 0; k < GSM0610_MAX_LAG - GSM0610_SUBFRAME; k++) encoder->dp[k] = encoder->dp[k + GSM0610_SUBFRAME];
    for (int k = 0; k < GSM0610_SUBFRAME; k++) encoder->dp[GSM0610_MAX_LAG - GSM0610_SUBFRAME + k] = add(ep[k], dpp[k]);
}

void gsm0610_encoder_home(struct gsm0610_encoder *encoder) { *encoder = (struct gsm0610_encoder){0}; }

void gsm0610_encode(struct gsm0610_encoder *encoder, const int16_t samples[GSM0610_SAMPLES], uint8_t frame[GSM0610_FRAME_BYTES]) {
    struct gsm0610_parameters parameters;
    int16_t s[GSM0610_SAMPLES], rp[GSM0610_SEGMENTS][GSM0610_ORDER];
    gsm0610_preprocess(encoder, samples, s);
    gsm0610_analyse(s, parameters.larc);
    gsm0610_reflections(encoder->larpp, parameters.larc, rp);
    filter(encoder, rp, s);
    for (int j = 0; j < GSM0610_SUBFRAMES; j++) encode_subframe(encoder, s + j * GSM0610_SUBFRAME, &parameters.subframes[j]);
    gsm0610_pack(&parameters, frame);
    if (gsm0610_is_encoder_homing(samples)) gsm0610_encoder_home(encoder);
}
