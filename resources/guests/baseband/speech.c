// Stands where a speech codec belongs: the mean of 5 samples is a byte. It is no GSM codec; it has one's times and sizes.
#include "baseband.h"

enum { SAMPLES_IN_BYTE = SPEECH_SAMPLES / (SPEECH_BYTES - 1), SIGNATURE = 0xd0 };

void speech_encode(const int16_t samples[SPEECH_SAMPLES], uint8_t frame[SPEECH_BYTES]) {
    frame[0] = SIGNATURE;
    for (unsigned i = 1; i < SPEECH_BYTES; i++) {
        int32_t sum = 0;
        for (unsigned n = 0; n < SAMPLES_IN_BYTE; n++) sum += samples[(i - 1) * SAMPLES_IN_BYTE + n];
        frame[i] = (uint8_t)(sum / SAMPLES_IN_BYTE >> 8);
    }
}

void speech_decode(const uint8_t frame[SPEECH_BYTES], int16_t samples[SPEECH_SAMPLES]) {
    for (unsigned i = 0; i < SPEECH_SAMPLES; i++) samples[i] = (int16_t)(frame[1 + i / SAMPLES_IN_BYTE] << 8);
}
