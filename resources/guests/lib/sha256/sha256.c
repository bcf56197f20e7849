#include "sha256.h"
#include "compress.h"

void sha256_start(struct sha256 *hash) { *hash = (struct sha256){.state = SHA256_INITIAL}; }

void sha256_add(struct sha256 *hash, const void *data, size_t size) {
    for (const uint8_t *byte = data; size > 0; size--) {
        hash->block[hash->size++ % SHA256_BLOCK] = *byte++;
        if (hash->size % SHA256_BLOCK == 0) sha256_compress(hash->state, hash->block, 1);
    }
}

// A one, zeros, and the number of bits at the end of a block (5.1.1).
void sha256_end(struct sha256 *hash, uint8_t digest[SHA256_DIGEST]) {
    const uint64_t bits = hash->size * 8;
    uint8_t end = 0x80, length[8];
    do {
        sha256_add(hash, &end, 1);
        end = 0;
    } while (hash->size % SHA256_BLOCK != SHA256_BLOCK - sizeof length);
    for (int i = 0; i < 8; i++) length[i] = (uint8_t)(bits >> (56 - 8 * i));
    sha256_add(hash, length, sizeof length);
    for (int i = 0; i < SHA256_DIGEST; i++) digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - i % 4 * 8));
}

static void start_padded(struct sha256 *hash, const uint8_t key[SHA256_BLOCK], uint8_t pad) {
    uint8_t padded[SHA256_BLOCK];
    for (int i = 0; i < SHA256_BLOCK; i++) padded[i] = key[i] ^ pad;
    sha256_start(hash);
    sha256_add(hash, padded, sizeof padded);
}

void hmac_sha256(const uint8_t *key, size_t key_size, const void *message, size_t size, uint8_t mac[SHA256_DIGEST]) {
    struct sha256 hash;
    uint8_t block[SHA256_BLOCK] = {0};
    if (key_size > SHA256_BLOCK) {
        sha256_start(&hash);
        sha256_add(&hash, key, key_size);
        sha256_end(&hash, block);
    } else {
        for (size_t i = 0; i < key_size; i++) block[i] = key[i];
    }
    start_padded(&hash, block, 0x36);
    sha256_add(&hash, message, size);
    sha256_end(&hash, mac);
    start_padded(&hash, block, 0x5c);
    sha256_add(&hash, mac, SHA256_DIGEST);
    sha256_end(&hash, mac);
}

bool same_bytes(const uint8_t *a, const uint8_t *b, size_t size) {
    uint8_t different = 0;
    for (size_t i = 0; i < size; i++) different |= a[i] ^ b[i];
    return different == 0;
}
