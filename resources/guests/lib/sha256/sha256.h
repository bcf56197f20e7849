// SHA-256 (FIPS 180-4) and HMAC with it (FIPS 198-1).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_BLOCK = 64, SHA256_DIGEST = 32 };

struct sha256 {
    uint32_t state[8];
    uint64_t size;
    uint8_t block[SHA256_BLOCK];
};

void sha256_start(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *data, size_t size);
void sha256_end(struct sha256 *hash, uint8_t digest[SHA256_DIGEST]);

void hmac_sha256(const uint8_t *key, size_t key_size, const void *message, size_t size, uint8_t mac[SHA256_DIGEST]);

// In a time that tells nothing of where they differ.
bool same_bytes(const uint8_t *a, const uint8_t *b, size_t size);
