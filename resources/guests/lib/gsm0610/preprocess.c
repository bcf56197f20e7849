// ETS 300 961 5.2.1 to 5.2.3: what comes before the analysis.
#include "fixed.h"
#include "parts.h"

enum { OFFSET_POLE = 32735, PRE_EMPHASIS = -28180 };

void gsm0610_preprocess(struct gsm0610_encoder *encoder, const int16_t samples[GSM0610_SAMPLES], int16_t s[GSM0610_SAMPLES]) {
    for (int k = 0; k < GSM0610_SAMPLES; k++) {
        // 13 bits of the sample, at half of the full scale.
        const int16_t so = shift(shift(samples[k], -3), 2);

        // A notch at 0 Hz, whose state has 31 bits: msp and lsp are its upper and lower part.
        const int16_t s1 = sub(so, encoder->z1);
        encoder->z1 = so;
        const int16_t msp = (int16_t)(encoder->z2 >> 15);
        const int16_t lsp = (int16_t)(encoder->z2 - msp * 32768);
        const int32_t s2 = add32(s1 * 32768, mult_r(lsp, OFFSET_POLE));
        encoder->z2 = add32(mult32(msp, OFFSET_POLE) >> 1, s2);
        const int16_t sof = (int16_t)(add32(encoder->z2, 16384) >> 15);

        s[k] = add(sof, mult_r(encoder->mp, PRE_EMPHASIS));
        encoder->mp = sof;
    }
}
