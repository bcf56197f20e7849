// The lines of resources/guests/vectors on this machine: by our codec (`ours FRAMES`), or of speech by Debian's libgsm (`libgsm FRAMES`).
// `call SILENT SPOKEN SILENT SPOKEN...` writes the frames that libgsm makes of so much silence, then of a voice that begins, and so on.
#include <gsm/gsm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../../resources/guests/vectors/vectors.h"

static gsm encoder, decoder;

static void home(void) {
    encoder = gsm_create();
    decoder = gsm_create();
}
static void encode(const int16_t *samples, uint8_t *frame) { gsm_encode(encoder, (gsm_signal *)samples, frame); }
static void decode(const uint8_t *frame, int16_t *samples) { gsm_decode(decoder, (gsm_byte *)frame, samples); }

// What the guest's print comes down to.
void uart_write(char c) { putchar(c); }

static void call(int count, char **lengths) {
    home();
    for (int part = 0; part < count; part++) {
        struct signal voice;
        signal_start(&voice, SIGNAL_VOICE);
        for (int n = 0; n < atoi(lengths[part]); n++) {
            int16_t samples[GSM0610_SAMPLES] = {0};
            uint8_t frame[GSM0610_FRAME_BYTES];
            if (part % 2 == 1) signal_next(&voice, samples);
            encode(samples, frame);
            fwrite(frame, sizeof frame, 1, stdout);
        }
    }
}

int main(int count, char **arguments) {
    if (count > 1 && strcmp(arguments[1], "call") == 0) {
        call(count - 2, arguments + 2);
        return 0;
    }
    if (count != 3) return 2;
    const int frames = atoi(arguments[2]);
    if (strcmp(arguments[1], "libgsm") == 0) {
        const struct codec libgsm = {home, encode, decode};
        speech_lines(&libgsm, frames);
        return 0;
    }
    homing_lines();
    cipher_lines();
    speech_lines(&our_codec, frames);
    return 0;
}
