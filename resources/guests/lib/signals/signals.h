// Speech that is made up, and what is hard on a codec: whole numbers only, so that every machine makes the same.
#pragma once
#include <stdint.h>

enum { SIGNALS = 6, SIGNAL_SAMPLES = 160 };
extern const char *const signal_names[SIGNALS];
enum { SIGNAL_VOICE = 0 };
struct signal {
    int kind;
    uint32_t random, position;
    int32_t formants[2][2];
};
void signal_start(struct signal *signal, int kind);
// The next 20 ms.
void signal_next(struct signal *signal, int16_t samples[SIGNAL_SAMPLES]);
