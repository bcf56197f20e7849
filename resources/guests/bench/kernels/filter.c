// A lattice filter in 16-bit fixed point with saturation, as the short-term analysis of a speech codec has it (GSM 06.10 5.2.10 in kind).
#include "kernels.h"

enum { STAGES = 8, SAMPLES = 160, FRAMES = 32000 };

static int16_t samples[SAMPLES];

static int16_t saturate(int32_t value) { return (int16_t)(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value); }
static int16_t add(int16_t a, int16_t b) { return saturate(a + b); }
static int16_t multiply_rounded(int16_t a, int16_t b) { return saturate((a * b + 0x4000) >> 15); }

uint64_t filter(void) {
    int16_t state[STAGES] = {0};
    int16_t coefficients[STAGES];
    uint64_t sum = 0;
    uint32_t seed = 23;
    for (int frame = 0; frame < FRAMES; frame++) {
        for (int i = 0; i < STAGES; i++) coefficients[i] = (int16_t)(next_random(&seed) >> 16) / (i + 1);
        for (int i = 0; i < SAMPLES; i++) samples[i] = (int16_t)(next_random(&seed) >> 16) / 2;
        for (int i = 0; i < SAMPLES; i++) {
            int16_t along = samples[i], back = samples[i];
            for (int stage = 0; stage < STAGES; stage++) {
                const int16_t before = state[stage], reflection = coefficients[stage];
                state[stage] = back;
                back = add(before, multiply_rounded(reflection, along));
                along = add(along, multiply_rounded(reflection, before));
            }
            samples[i] = along;
        }
        // The energy of the frame, as autocorrelation needs it.
        int64_t energy = 0;
        for (int i = 0; i < SAMPLES; i++) energy += samples[i] * samples[i];
        sum = mix(sum, (uint64_t)energy);
    }
    return sum;
}
