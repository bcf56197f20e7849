#include "signals.h"

const char *const signal_names[SIGNALS] = {"voice", "noise", "square", "quiet", "steps", "silence"};

void signal_start(struct signal *signal, int kind) { *signal = (struct signal){.kind = kind, .random = 0x2545f491}; }

static int32_t random(struct signal *signal) {
    // xorshift32 (Marsaglia 2003)
    signal->random ^= signal->random << 13;
    signal->random ^= signal->random >> 17;
    signal->random ^= signal->random << 5;
    return (int32_t)signal->random;
}

// A resonance: poles at radius r and angle a, as 2 r cos a and r^2 in units of 1/4096.
static int32_t resonate(int32_t state[2], int32_t in, int32_t twice_cosine, int32_t square) {
    const int32_t out = in + (twice_cosine * state[0] - square * state[1]) / 4096;
    state[1] = state[0];
    return state[0] = out;
}

// Pulses or breath through two formants; pitch, loudness and vowel change from syllable to syllable.
static int32_t voice(struct signal *signal) {
    static const int32_t vowels[4][2] = {{6900, 3800}, {7400, 1200}, {7300, 5500}, {6500, 4700}};
    const uint32_t syllable = signal->position / 1600, pitch = 30 + syllable * 7 % 90;
    const int32_t loudness = 1 << syllable * 5 % 11;
    const int32_t breath = random(signal) >> 24;
    const int32_t source = syllable % 4 == 3 ? breath * 2 : (signal->position % pitch == 0 ? 600 : breath / 64);
    const int32_t *vowel = vowels[syllable % 4];
    return resonate(signal->formants[1], resonate(signal->formants[0], source * loudness / 32, vowel[0], 3800), vowel[1], 3500);
}

static int32_t next(struct signal *signal) {
    switch (signal->kind) {
        case SIGNAL_VOICE: return voice(signal);
        case 1: return random(signal) >> 16;
        case 2: return random(signal) & 1 ? INT16_MAX : INT16_MIN;
        case 3: return (random(signal) >> 16) >> signal->position / 160 % 14;
        case 4: return signal->position / 1120 % 2 ? INT16_MIN : INT16_MAX;
        default: return 0;
    }
}

void signal_next(struct signal *signal, int16_t samples[SIGNAL_SAMPLES]) {
    for (int k = 0; k < SIGNAL_SAMPLES; k++, signal->position++) {
        const int32_t sample = next(signal);
        samples[k] = (int16_t)(sample > INT16_MAX ? INT16_MAX : sample < INT16_MIN ? INT16_MIN : sample);
    }
}
