#include "../hello/hello.h"
#include "../lib/sha256/sha256.h"
#include "vectors.h"

static struct gsm0610_encoder encoder;
static struct gsm0610_decoder decoder;

static void home(void) {
    gsm0610_encoder_home(&encoder);
    gsm0610_decoder_home(&decoder);
}
static void encode(const int16_t *samples, uint8_t *frame) { gsm0610_encode(&encoder, samples, frame); }
static void decode(const uint8_t *frame, int16_t *samples) { gsm0610_decode(&decoder, frame, samples); }

const struct codec our_codec = {home, encode, decode};

void print_bytes(const char *name, const uint8_t *bytes, int size) {
    print("%s ", name);
    for (int i = 0; i < size; i++) print("%02x", bytes[i]);
    print("\n");
}

static void print_digest(struct sha256 *hash) {
    uint8_t digest[SHA256_DIGEST];
    sha256_end(hash, digest);
    for (int i = 0; i < 8; i++) print("%02x", digest[i]);
}

// Every frame that there is, and lags that no encoder sends.
static void random_frame(uint32_t *random, uint8_t frame[GSM0610_FRAME_BYTES]) {
    for (int i = 0; i < GSM0610_FRAME_BYTES; i++) frame[i] = (uint8_t)((*random = *random * 1664525 + 1013904223) >> 24);
    frame[0] = 0xd0 | (frame[0] & 0xf);
}

void speech_lines(const struct codec *codec, int frames) {
    for (int kind = 0; kind < SIGNALS; kind++) {
        struct signal signal;
        struct sha256 coded, heard, heard_random;
        uint32_t random = 1;
        signal_start(&signal, kind);
        sha256_start(&coded);
        sha256_start(&heard);
        sha256_start(&heard_random);
        codec->home();
        for (int n = 0; n < frames; n++) {
            int16_t samples[GSM0610_SAMPLES];
            uint8_t frame[GSM0610_FRAME_BYTES];
            signal_next(&signal, samples);
            codec->encode(samples, frame);
            sha256_add(&coded, frame, sizeof frame);
            codec->decode(frame, samples);
            sha256_add(&heard, samples, sizeof samples);
            random_frame(&random, frame);
            if (n % 8 != 0) continue;
            codec->decode(frame, samples);
            sha256_add(&heard_random, samples, sizeof samples);
        }
        print("speech %s %d ", signal_names[kind], frames);
        print_digest(&coded);
        print(" ");
        print_digest(&heard);
        print(" ");
        print_digest(&heard_random);
        print("\n");
    }
}

// After any signal, the second homing frame gives the homing frame of the other side (ETS 300 961 clause 4).
void homing_lines(void) {
    struct signal signal;
    int16_t samples[GSM0610_SAMPLES], eights[GSM0610_SAMPLES];
    uint8_t frame[GSM0610_FRAME_BYTES], first[GSM0610_FRAME_BYTES];
    for (int k = 0; k < GSM0610_SAMPLES; k++) eights[k] = 8;
    home();
    signal_start(&signal, 1);
    signal_next(&signal, samples);
    encode(samples, frame);
    decode(frame, samples);
    encode(eights, first);
    encode(eights, frame);
    print_bytes("homing frame", frame, sizeof frame);
    decode(frame, samples);
    const bool first_is_homing = same_bytes((const uint8_t *)samples, (const uint8_t *)eights, sizeof samples);
    decode(frame, samples);
    const bool second_is_homing = same_bytes((const uint8_t *)samples, (const uint8_t *)eights, sizeof samples);
    print("homing %s %s %s\n", same_bytes(first, frame, sizeof frame) ? "early" : "second", first_is_homing ? "early" : "second",
          second_is_homing ? "home" : "lost");
}
