// What encoder and decoder are made of, by the clauses of ETS 300 961.
#pragma once
#include "gsm0610.h"

// homing.c: is it a homing frame, for the decoder or for the encoder; and the latter.
bool gsm0610_is_decoder_homing(const struct gsm0610_parameters *parameters);
bool gsm0610_is_encoder_homing(const int16_t samples[GSM0610_SAMPLES]);
void gsm0610_encoder_homing(int16_t samples[GSM0610_SAMPLES]);

// preprocess.c (5.2.1 to 5.2.3): scaling, offset compensation, pre-emphasis.
void gsm0610_preprocess(struct gsm0610_encoder *encoder, const int16_t samples[GSM0610_SAMPLES], int16_t s[GSM0610_SAMPLES]);

// lpc.c (5.2.4 to 5.2.7): the coded log area ratios of a frame. The autocorrelation takes lower bits off s.
void gsm0610_analyse(int16_t s[GSM0610_SAMPLES], uint8_t larc[GSM0610_ORDER]);

// lar.c (5.2.8, 5.2.9): reflection coefficients of the four segments of a frame, between the frame before and this one.
enum { GSM0610_SEGMENTS = 4 };
extern const uint8_t gsm0610_segment_ends[GSM0610_SEGMENTS];
extern const int16_t gsm0610_lar_offset[GSM0610_ORDER];
extern const int8_t gsm0610_lar_least[GSM0610_ORDER];
void gsm0610_reflections(int16_t larpp[GSM0610_ORDER], const uint8_t larc[GSM0610_ORDER], int16_t rp[GSM0610_SEGMENTS][GSM0610_ORDER]);

// ltp.c (5.2.11): lag and gain of what predicts d best from the past.
extern const int16_t gsm0610_gains[4];
void gsm0610_predict(const int16_t d[GSM0610_SUBFRAME], const int16_t dp[GSM0610_MAX_LAG], struct gsm0610_subframe *subframe);

// rpe.c (5.2.13 to 5.2.17): a subframe as 13 pulses, and the pulses as a subframe.
void gsm0610_rpe_encode(const int16_t e[GSM0610_SUBFRAME], struct gsm0610_subframe *subframe);
void gsm0610_rpe_decode(const struct gsm0610_subframe *subframe, int16_t ep[GSM0610_SUBFRAME]);
