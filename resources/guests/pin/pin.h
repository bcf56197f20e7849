// The secure guest: a PIN that no other sees, and a key that leaves nothing but answers.
#pragma once
#include "../lib/picture/picture.h"
#include "../lib/sha256/sha256.h"
#include "../rtos/rtos.h"

enum { PIN_LEAST = 4, PIN_MOST = 8, PIN_TRIES = 3, CHALLENGE_MOST = 48 };
enum { KEY_ESC = 1, KEY_1 = 2, KEY_0 = 11, KEY_BACKSPACE = 14, KEY_ENTER = 28 };

// store.c: the key store. It holds the signing key only under the PIN; after PIN_TRIES wrong ones it holds none.
enum store_answer { STORE_SIGNED, STORE_WRONG_PIN, STORE_LOCKED };
void store_provision(const char *secret, const uint8_t *pin, size_t size);
enum store_answer store_sign(const uint8_t *pin, size_t size, const uint8_t *challenge, size_t challenge_size, uint8_t signature[SHA256_DIGEST]);
unsigned store_tries_left(void);
void wipe(void *bytes, size_t size);

// pad.c: what is seen: the strip, which always is, and below it keys for fingers.
void pad_init(struct rect strip);
void pad_show(const char *prompt, size_t digits, bool with_keys);
// The key that is drawn there, by Linux's number; 0 for none.
uint16_t pad_key_at(int x, int y);

// requests.c: what shall be signed, from the console and from a channel. Both are heard by tasks of their own.
struct request {
    uint8_t challenge[CHALLENGE_MOST];
    size_t size;
    uint32_t number; // of the channel's; 0: the console asks
};
void requests_start(void (*arrived)(const struct request *));
void answer_signed(const struct request *, const uint8_t signature[SHA256_DIGEST]);
void answer_refused(const struct request *, const char *reason);
