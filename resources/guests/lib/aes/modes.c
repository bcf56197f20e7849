// CBC (SP 800-38A 6.2) and CMAC (SP 800-38B 6).
#include "aes.h"

void aes_cbc_encrypt(const struct aes_key *key, uint8_t chain[AES_BLOCK], uint8_t *data, size_t blocks) {
    for (; blocks > 0; blocks--, data += AES_BLOCK) {
        for (int i = 0; i < AES_BLOCK; i++) data[i] ^= chain[i];
        aes_encrypt(key, data);
        for (int i = 0; i < AES_BLOCK; i++) chain[i] = data[i];
    }
}

void aes_cbc_decrypt(const struct aes_key *key, uint8_t chain[AES_BLOCK], uint8_t *data, size_t blocks) {
    for (; blocks > 0; blocks--, data += AES_BLOCK) {
        uint8_t next[AES_BLOCK];
        for (int i = 0; i < AES_BLOCK; i++) next[i] = data[i];
        aes_decrypt(key, data);
        for (int i = 0; i < AES_BLOCK; i++) {
            data[i] ^= chain[i];
            chain[i] = next[i];
        }
    }
}

// Times x in GF(2^128) (6.1).
static void double_block(uint8_t block[AES_BLOCK]) {
    const uint8_t carry = block[0] >> 7;
    for (int i = 0; i < AES_BLOCK - 1; i++) block[i] = (uint8_t)(block[i] << 1 | block[i + 1] >> 7);
    block[AES_BLOCK - 1] = (uint8_t)(block[AES_BLOCK - 1] << 1 ^ carry * 0x87);
}

void aes_cmac(const struct aes_key *key, const uint8_t *message, size_t size, uint8_t mac[AES_BLOCK]) {
    uint8_t subkey[AES_BLOCK] = {0};
    aes_encrypt(key, subkey);
    double_block(subkey);
    for (int i = 0; i < AES_BLOCK; i++) mac[i] = 0;
    for (; size > AES_BLOCK; size -= AES_BLOCK, message += AES_BLOCK) {
        for (int i = 0; i < AES_BLOCK; i++) mac[i] ^= message[i];
        aes_encrypt(key, mac);
    }
    // The last block, perhaps an empty one, gets one of two keys of its own.
    for (size_t i = 0; i < size; i++) mac[i] ^= message[i];
    if (size < AES_BLOCK) {
        mac[size] ^= 0x80;
        double_block(subkey);
    }
    for (int i = 0; i < AES_BLOCK; i++) mac[i] ^= subkey[i];
    aes_encrypt(key, mac);
}
