// Advanced SIMD: what video does with bytes (differences of blocks, averages, table look-up), and what audio does with floats (FIR).
#include "kernels.h"
#include <arm_neon.h>

enum { WIDTH = 256, HEIGHT = 64, INTEGER_ROUNDS = 4000 };
enum { TAPS = 32, LENGTH = 2048, FLOAT_ROUNDS = 2000 };

static uint8_t frame[HEIGHT][WIDTH], reference[HEIGHT][WIDTH], output[HEIGHT][WIDTH];
static float signal[LENGTH + TAPS], filtered[LENGTH], taps[TAPS];

// The sum of absolute differences of two blocks of 16 by 16 bytes.
static uint32_t difference(const uint8_t *a, const uint8_t *b) {
    uint16x8_t sum = vdupq_n_u16(0);
    for (int row = 0; row < 16; row++, a += WIDTH, b += WIDTH) {
        const uint8x16_t x = vld1q_u8(a), y = vld1q_u8(b);
        sum = vabal_u8(sum, vget_low_u8(x), vget_low_u8(y));
        sum = vabal_u8(sum, vget_high_u8(x), vget_high_u8(y));
    }
    return vaddlvq_u16(sum);
}

// Averages, gain with rounding and saturation, a look-up of the lower half of each byte, and bytes turned about.
static void blend(void) {
    const uint8x16_t table = {0, 3, 9, 27, 81, 243, 217, 139, 161, 227, 169, 251, 241, 211, 121, 107};
    const int16x8_t gain = vdupq_n_s16(19000);
    for (int row = 0; row < HEIGHT; row++) {
        for (int i = 0; i < WIDTH; i += 16) {
            const uint8x16_t x = vld1q_u8(&frame[row][i]), y = vld1q_u8(&reference[row][i]);
            const uint8x16_t average = vrhaddq_u8(x, y);
            const int16x8_t low = vqrdmulhq_s16(vreinterpretq_s16_u16(vshll_n_u8(vget_low_u8(average), 6)), gain);
            const int16x8_t high = vqrdmulhq_s16(vreinterpretq_s16_u16(vshll_n_u8(vget_high_u8(average), 6)), gain);
            const uint8x16_t scaled = vcombine_u8(vqshrun_n_s16(low, 5), vqshrun_n_s16(high, 5));
            const uint8x16_t looked = vqtbl1q_u8(table, vandq_u8(scaled, vdupq_n_u8(15)));
            const uint8x16_t larger = vcgtq_u8(scaled, x);
            vst1q_u8(&output[row][i], veorq_u8(vbslq_u8(larger, looked, scaled), vrev64q_u8(vextq_u8(x, y, 5))));
        }
    }
}

uint64_t neon_integer(void) {
    fill(frame, sizeof frame, 29);
    fill(reference, sizeof reference, 31);
    uint64_t sum = 0;
    for (int round = 0; round < INTEGER_ROUNDS; round++) {
        uint32_t best = UINT32_MAX;
        for (int y = 0; y + 16 <= HEIGHT; y += 8) {
            for (int x = 0; x + 16 < WIDTH; x += 5) {
                const uint32_t d = difference(&frame[y][x], &reference[(y + round) % (HEIGHT - 15)][x]);
                best = d < best ? d : best;
            }
        }
        blend();
        sum = mix(sum, best + output[round % HEIGHT][round % WIDTH]);
        frame[round % HEIGHT][(round * 7) % WIDTH] ^= output[1][round % WIDTH];
    }
    return sum;
}

uint64_t neon_float(void) {
    uint32_t seed = 37;
    for (int i = 0; i < LENGTH + TAPS; i++) signal[i] = (float)(int32_t)next_random(&seed) / 2147483648.0f;
    for (int i = 0; i < TAPS; i++) taps[i] = 1.0f / (float)(i + 2);
    uint64_t sum = 0;
    for (int round = 0; round < FLOAT_ROUNDS; round++) {
        float32x4_t peak = vdupq_n_f32(0);
        for (int i = 0; i < LENGTH; i += 4) {
            float32x4_t fused = vdupq_n_f32(0), plain = vdupq_n_f32(0);
            for (int tap = 0; tap < TAPS; tap += 2) {
                fused = vfmaq_n_f32(fused, vld1q_f32(signal + i + tap), taps[tap]);
                plain = vaddq_f32(plain, vmulq_n_f32(vld1q_f32(signal + i + tap + 1), taps[tap + 1]));
            }
            const float32x4_t both = vaddq_f32(fused, plain);
            peak = vmaxq_f32(peak, vabsq_f32(both));
            vst1q_f32(filtered + i, both);
        }
        float highest = vmaxvq_f32(peak);
        uint32_t bits;
        __builtin_memcpy(&bits, &highest, sizeof bits);
        sum = mix(sum, bits);
        // The output is the next input, made smaller, so that nothing overflows.
        const float32x4_t scale = vdupq_n_f32(1.0f / highest);
        for (int i = 0; i < LENGTH; i += 4) vst1q_f32(signal + i, vmulq_f32(vld1q_f32(filtered + i), scale));
    }
    return sum;
}
