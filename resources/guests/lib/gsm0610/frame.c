// The order of bits in a frame (ETS 300 961 table 1.1).
#include "parts.h"

static const uint8_t larc_bits[GSM0610_ORDER] = {6, 6, 5, 5, 4, 4, 3, 3};
enum { SIGNATURE = 0xd };

struct bits {
    uint8_t *bytes;
    const uint8_t *source;
    unsigned at;
};

static void put(struct bits *bits, unsigned value, unsigned width) {
    while (width-- > 0) {
        if (bits->at % 8 == 0) bits->bytes[bits->at / 8] = 0;
        bits->bytes[bits->at / 8] |= (uint8_t)((value >> width & 1) << (7 - bits->at % 8));
        bits->at++;
    }
}

static uint8_t take(struct bits *bits, unsigned width) {
    unsigned value = 0;
    for (; width > 0; width--, bits->at++) value = value << 1 | (bits->source[bits->at / 8] >> (7 - bits->at % 8) & 1);
    return (uint8_t)value;
}

void gsm0610_pack(const struct gsm0610_parameters *parameters, uint8_t frame[GSM0610_FRAME_BYTES]) {
    struct bits bits = {.bytes = frame};
    put(&bits, SIGNATURE, 4);
    for (int i = 0; i < GSM0610_ORDER; i++) put(&bits, parameters->larc[i], larc_bits[i]);
    for (int j = 0; j < GSM0610_SUBFRAMES; j++) {
        const struct gsm0610_subframe *sub = &parameters->subframes[j];
        put(&bits, sub->nc, 7);
        put(&bits, sub->bc, 2);
        put(&bits, sub->mc, 2);
        put(&bits, sub->xmaxc, 6);
        for (int i = 0; i < GSM0610_PULSES; i++) put(&bits, sub->xmc[i], 3);
    }
}

bool gsm0610_unpack(const uint8_t frame[GSM0610_FRAME_BYTES], struct gsm0610_parameters *parameters) {
    struct bits bits = {.source = frame};
    if (take(&bits, 4) != SIGNATURE) return false;
    for (int i = 0; i < GSM0610_ORDER; i++) parameters->larc[i] = take(&bits, larc_bits[i]);
    for (int j = 0; j < GSM0610_SUBFRAMES; j++) {
        struct gsm0610_subframe *sub = &parameters->subframes[j];
        sub->nc = take(&bits, 7);
        sub->bc = take(&bits, 2);
        sub->mc = take(&bits, 2);
        sub->xmaxc = take(&bits, 6);
        for (int i = 0; i < GSM0610_PULSES; i++) sub->xmc[i] = take(&bits, 3);
    }
    return true;
}
