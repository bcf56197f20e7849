// What the guest and the program of the host that tests build have in common.
#pragma once
#include "../lib/gsm0610/gsm0610.h"
#include "../lib/signals/signals.h"

// One implementation of GSM 06.10. It keeps its state to itself.
struct codec {
    void (*home)(void);
    void (*encode)(const int16_t samples[GSM0610_SAMPLES], uint8_t frame[GSM0610_FRAME_BYTES]);
    void (*decode)(const uint8_t frame[GSM0610_FRAME_BYTES], int16_t samples[GSM0610_SAMPLES]);
};
extern const struct codec our_codec;

// A line for each signal: digests of its frames, and of what is decoded of them and of frames at random (speech.c).
void speech_lines(const struct codec *codec, int frames);

// What homing frames do to our codec, then what the ciphers and digests make of published vectors.
void homing_lines(void);
void cipher_lines(void);

void print_bytes(const char *name, const uint8_t *bytes, int size);
