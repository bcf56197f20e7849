// The lines of resources/guests/vectors on this machine: by our codec (`ours FRAMES`), or of speech by Debian's libgsm (`libgsm FRAMES`).
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

int main(int count, char **arguments) {
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
