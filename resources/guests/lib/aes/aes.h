// AES with keys of 128 bits (FIPS 197), CBC (SP 800-38A 6.2) and CMAC (SP 800-38B). Small, not fast.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { AES_BLOCK = 16, AES_ROUNDS = 10 };

struct aes_key {
    uint8_t rounds[AES_ROUNDS + 1][AES_BLOCK];
};

void aes_expand(struct aes_key *key, const uint8_t bytes[AES_BLOCK]);
void aes_encrypt(const struct aes_key *key, uint8_t block[AES_BLOCK]);
void aes_decrypt(const struct aes_key *key, uint8_t block[AES_BLOCK]);

// In place; whoever has less than whole blocks pads them. `chain` is the initial vector, and afterwards what the next call goes on with.
void aes_cbc_encrypt(const struct aes_key *key, uint8_t chain[AES_BLOCK], uint8_t *data, size_t blocks);
void aes_cbc_decrypt(const struct aes_key *key, uint8_t chain[AES_BLOCK], uint8_t *data, size_t blocks);

void aes_cmac(const struct aes_key *key, const uint8_t *message, size_t size, uint8_t mac[AES_BLOCK]);
