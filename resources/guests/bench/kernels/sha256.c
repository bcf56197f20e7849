// SHA-256 (FIPS 180-4) in plain C, and with the instructions of the crypto extension: both must come to the same.
#include "../../lib/sha256/compress.h"
#include "kernels.h"
#include <arm_neon.h>

enum { SIZE = 64 << 10, ROUNDS = 1100 };

typedef void compress(uint32_t state[8], const uint8_t *data, size_t blocks);

static uint8_t data[SIZE];

static void compress_crypto(uint32_t state[8], const uint8_t *at, size_t blocks) {
    uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4);
    for (; blocks; blocks--, at += 64) {
        const uint32x4_t old_abcd = abcd, old_efgh = efgh;
        uint32x4_t w[4];
        for (int i = 0; i < 4; i++) w[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(at + 16 * i)));
        for (int i = 0; i < 16; i++) {
            const uint32x4_t sum = vaddq_u32(w[i & 3], vld1q_u32(sha256_constants + 4 * i));
            const uint32x4_t before = abcd;
            abcd = vsha256hq_u32(abcd, efgh, sum);
            efgh = vsha256h2q_u32(efgh, before, sum);
            if (i < 12) w[i & 3] = vsha256su1q_u32(vsha256su0q_u32(w[i & 3], w[(i + 1) & 3]), w[(i + 2) & 3], w[(i + 3) & 3]);
        }
        abcd = vaddq_u32(abcd, old_abcd);
        efgh = vaddq_u32(efgh, old_efgh);
    }
    vst1q_u32(state, abcd);
    vst1q_u32(state + 4, efgh);
}

// The first 64 bits of the digest of the data, repeated.
static uint64_t digest(compress *compress) {
    fill(data, SIZE, 9);
    uint32_t state[8] = SHA256_INITIAL;
    for (int round = 0; round < ROUNDS; round++) compress(state, data, SIZE / 64);
    uint8_t last[64] = {0x80};
    const uint64_t bits = __builtin_bswap64((uint64_t)SIZE * 8 * ROUNDS);
    __builtin_memcpy(last + 56, &bits, sizeof bits);
    compress(state, last, 1);
    return (uint64_t)state[0] << 32 | state[1];
}

uint64_t sha256(void) { return digest(sha256_compress); }
uint64_t sha256_crypto(void) { return digest(compress_crypto); }
