// GSM 06.10 full-rate speech (ETS 300 961): 160 samples at 8 kHz are a frame of 260 bits and back, bit by bit as the standard says.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum {
    GSM0610_SAMPLES = 160,     // 20 ms
    GSM0610_FRAME_BYTES = 33,  // the signature 0xd, then 260 bits, the most significant bit of each parameter first (RFC 3551 4.5.8)
    GSM0610_SUBFRAMES = 4,
    GSM0610_SUBFRAME = 40,
    GSM0610_ORDER = 8,
    GSM0610_PULSES = 13,
    GSM0610_MAX_LAG = 120,
    GSM0610_MIN_LAG = 40,
};

// What is sent of 20 ms (ETS 300 961 table 1.1).
struct gsm0610_parameters {
    uint8_t larc[GSM0610_ORDER];
    struct gsm0610_subframe {
        uint8_t nc, bc, mc, xmaxc, xmc[GSM0610_PULSES];
    } subframes[GSM0610_SUBFRAMES];
};

struct gsm0610_encoder {
    int16_t z1, mp;              // offset compensation and pre-emphasis
    int32_t z2;
    int16_t larpp[GSM0610_ORDER]; // of the frame before
    int16_t u[GSM0610_ORDER];     // the lattice
    int16_t dp[GSM0610_MAX_LAG];  // the reconstructed residual, oldest first
};

struct gsm0610_decoder {
    int16_t nr, msr;
    int16_t larpp[GSM0610_ORDER];
    int16_t v[GSM0610_ORDER + 1];
    int16_t dp[GSM0610_MAX_LAG];
    bool home;
};

// Into the home state (4.1): what a codec starts in.
void gsm0610_encoder_home(struct gsm0610_encoder *encoder);
void gsm0610_decoder_home(struct gsm0610_decoder *decoder);

// Samples are 16 bits of which the lower 3 count for nothing. A homing frame takes either side home (clause 4).
void gsm0610_encode(struct gsm0610_encoder *encoder, const int16_t samples[GSM0610_SAMPLES], uint8_t frame[GSM0610_FRAME_BYTES]);
// Answers false, and changes nothing, when the signature is not there.
bool gsm0610_decode(struct gsm0610_decoder *decoder, const uint8_t frame[GSM0610_FRAME_BYTES], int16_t samples[GSM0610_SAMPLES]);

// The frame as parameters; unpack answers false when the signature is not there.
void gsm0610_pack(const struct gsm0610_parameters *parameters, uint8_t frame[GSM0610_FRAME_BYTES]);
bool gsm0610_unpack(const uint8_t frame[GSM0610_FRAME_BYTES], struct gsm0610_parameters *parameters);
