// The operations of ETS 300 961 5.1 on 16 and 32 bits. All saturate, except shifts.
#pragma once
#include <stdint.h>

static inline int16_t saturate16(int32_t value) { return value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : (int16_t)value; }
static inline int32_t saturate32(int64_t value) { return value > INT32_MAX ? INT32_MAX : value < INT32_MIN ? INT32_MIN : (int32_t)value; }

static inline int16_t add(int16_t a, int16_t b) { return saturate16(a + b); }
static inline int16_t sub(int16_t a, int16_t b) { return saturate16(a - b); }
static inline int16_t magnitude(int16_t a) { return a == INT16_MIN ? INT16_MAX : (int16_t)(a < 0 ? -a : a); }
static inline int16_t mult(int16_t a, int16_t b) { return saturate16((int32_t)a * b >> 15); }
static inline int16_t mult_r(int16_t a, int16_t b) { return saturate16(((int32_t)a * b + 16384) >> 15); }

static inline int32_t add32(int32_t a, int32_t b) { return saturate32((int64_t)a + b); }
static inline int32_t mult32(int16_t a, int16_t b) { return saturate32((int64_t)a * b * 2); }

// To the left by up to 15, or to the right where `by` is negative; what does not fit is lost.
static inline int16_t shift(int16_t a, int by) { return by >= 0 ? (int16_t)((uint32_t)a << by) : (int16_t)(a >> -by); }
static inline int32_t shift32(int32_t a, int by) { return by >= 0 ? (int32_t)((uint32_t)a << by) : a >> -by; }

// By how much a value that is not 0 can be shifted to the left before it overflows.
static inline int norm(int32_t value) { return __builtin_clrsb(value); }

// 15 bits of numerator / denominator, where 0 <= numerator <= denominator and denominator > 0.
static inline int16_t divide(int16_t numerator, int16_t denominator) {
    return numerator == denominator ? INT16_MAX : (int16_t)(((int32_t)numerator << 15) / denominator);
}
