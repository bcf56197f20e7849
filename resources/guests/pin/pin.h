// The secure guest: a PIN that no other sees, and a key that leaves nothing but answers.
#pragma once
#include "../lib/sha256/sha256.h"
#include "../sketch/sketch.h"

enum { PIN_LEAST = 4, PIN_MOST = 8, PIN_TRIES = 3, CHALLENGE_MOST = 48 };

// store.c: the key store. It holds the signing key only under the PIN; after PIN_TRIES wrong ones it holds none.
enum store_answer { STORE_SIGNED, STORE_WRONG_PIN, STORE_LOCKED };
void store_provision(const char *secret, const uint8_t *pin, size_t size);
enum store_answer store_sign(const uint8_t *pin, size_t size, const uint8_t *challenge, size_t challenge_size, uint8_t signature[SHA256_DIGEST]);
unsigned store_tries_left(void);
void wipe(void *bytes, size_t size);

// strip.c: the trusted strip, a part of the picture that only this guest draws.
void strip_show(const char *prompt, size_t digits);
