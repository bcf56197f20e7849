#include "../lib/aes/aes.h"
#include "pin.h"

enum { ROUNDS = 1000, KEY = 2 * AES_BLOCK };

static struct {
    // What the PIN must come to, and the signing key under what else it comes to.
    uint8_t check[AES_BLOCK], sealed[KEY];
    unsigned tries;
} store;

// Not optimised away, as a plain loop may be before a return.
void wipe(void *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) ((volatile uint8_t *)bytes)[i] = 0;
}

// PBKDF2 with one block (RFC 8018 5.2): the first half is compared, the second encrypts.
static void derive(const uint8_t *pin, size_t size, uint8_t derived[SHA256_DIGEST]) {
    static const uint8_t salt[] = {'p', 'i', 'n', 0, 0, 0, 1};
    uint8_t round[SHA256_DIGEST];
    hmac_sha256(pin, size, salt, sizeof salt, round);
    for (int i = 0; i < SHA256_DIGEST; i++) derived[i] = round[i];
    for (int n = 1; n < ROUNDS; n++) {
        hmac_sha256(pin, size, round, sizeof round, round);
        for (int i = 0; i < SHA256_DIGEST; i++) derived[i] ^= round[i];
    }
    wipe(round, sizeof round);
}

void store_provision(const char *secret, const uint8_t *pin, size_t size) {
    uint8_t derived[SHA256_DIGEST], chain[AES_BLOCK] = {0};
    struct aes_key key;
    hmac_sha256((const uint8_t *)secret, length(secret), "signing key", 11, store.sealed);
    derive(pin, size, derived);
    aes_expand(&key, derived + AES_BLOCK);
    aes_cbc_encrypt(&key, chain, store.sealed, KEY / AES_BLOCK);
    for (int i = 0; i < AES_BLOCK; i++) store.check[i] = derived[i];
    store.tries = PIN_TRIES;
    wipe(derived, sizeof derived);
    wipe(&key, sizeof key);
}

unsigned store_tries_left(void) { return store.tries; }

enum store_answer store_sign(const uint8_t *pin, size_t size, const uint8_t *challenge, size_t challenge_size, uint8_t signature[SHA256_DIGEST]) {
    uint8_t derived[SHA256_DIGEST], chain[AES_BLOCK] = {0}, signing[KEY];
    struct aes_key key;
    if (store.tries == 0) return STORE_LOCKED;
    // A try counts before it is looked at: nobody wins by stopping the guest in between.
    store.tries--;
    derive(pin, size, derived);
    const bool right = same_bytes(derived, store.check, AES_BLOCK);
    if (right) {
        store.tries = PIN_TRIES;
        for (int i = 0; i < KEY; i++) signing[i] = store.sealed[i];
        aes_expand(&key, derived + AES_BLOCK);
        aes_cbc_decrypt(&key, chain, signing, KEY / AES_BLOCK);
        hmac_sha256(signing, sizeof signing, challenge, challenge_size, signature);
        wipe(signing, sizeof signing);
        wipe(&key, sizeof key);
    }
    if (store.tries == 0) wipe(&store, sizeof store);
    wipe(derived, sizeof derived);
    return right ? STORE_SIGNED : store.tries == 0 ? STORE_LOCKED : STORE_WRONG_PIN;
}
