// Published vectors; what must come of them, tests/boot/vectors.test.ts says.
#include "../lib/a51/a51.h"
#include "../lib/aes/aes.h"
#include "../lib/sha256/sha256.h"
#include "vectors.h"

static void fill(uint8_t *bytes, int size, uint8_t first, uint8_t step) {
    for (int i = 0; i < size; i++) bytes[i] = (uint8_t)(first + i * step);
}

static void a51_lines(void) {
    static const uint8_t key[A51_KEY_BYTES] = {0x12, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    uint8_t downlink[A51_BURST_BYTES], uplink[A51_BURST_BYTES], count[3];
    a51_keystream(key, 0x134, downlink, uplink);
    print_bytes("a51 downlink", downlink, sizeof downlink);
    print_bytes("a51 uplink", uplink, sizeof uplink);
    // The last frame of a hyperframe: T1 2047, T3 50, T2 25.
    for (int i = 0; i < 3; i++) count[i] = (uint8_t)(a51_count(2715647) >> (16 - 8 * i));
    print_bytes("a51 count", count, sizeof count);
}

// The message of SP 800-38A appendix F, which RFC 4493 has as well.
static const uint8_t sp800_key[16] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
static const uint8_t sp800_message[64] = {
    0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03,
    0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51, 0x30, 0xc8, 0x1c, 0x46, 0xa3, 0x5c, 0xe4, 0x11, 0xe5, 0xfb, 0xc1, 0x19,
    0x1a, 0x0a, 0x52, 0xef, 0xf6, 0x9f, 0x24, 0x45, 0xdf, 0x4f, 0x9b, 0x17, 0xad, 0x2b, 0x41, 0x7b, 0xe6, 0x6c, 0x37, 0x10,
};

static void aes_lines(void) {
    struct aes_key key;
    uint8_t bytes[AES_BLOCK], block[AES_BLOCK], chain[AES_BLOCK], data[64];
    fill(bytes, AES_BLOCK, 0, 1);
    fill(block, AES_BLOCK, 0, 0x11);
    aes_expand(&key, bytes);
    aes_encrypt(&key, block);
    print_bytes("aes encrypt", block, sizeof block);
    aes_decrypt(&key, block);
    print_bytes("aes decrypt", block, sizeof block);

    aes_expand(&key, sp800_key);
    for (int i = 0; i < 64; i++) data[i] = sp800_message[i];
    fill(chain, AES_BLOCK, 0, 1);
    // In two parts: the chain goes on.
    aes_cbc_encrypt(&key, chain, data, 1);
    aes_cbc_encrypt(&key, chain, data + AES_BLOCK, 3);
    print_bytes("cbc encrypt", data, sizeof data);
    fill(chain, AES_BLOCK, 0, 1);
    aes_cbc_decrypt(&key, chain, data, 4);
    print_bytes("cbc decrypt", data, sizeof data);

    static const int sizes[] = {0, 16, 40, 64};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        aes_cmac(&key, sp800_message, (size_t)sizes[i], block);
        print_bytes("cmac", block, sizeof block);
    }
}

static void sha256_lines(void) {
    static const char text[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    uint8_t digest[SHA256_DIGEST], key[131];
    struct sha256 hash;
    sha256_start(&hash);
    sha256_add(&hash, "abc", 3);
    sha256_end(&hash, digest);
    print_bytes("sha256", digest, sizeof digest);
    sha256_start(&hash);
    sha256_add(&hash, text, sizeof text - 1);
    sha256_end(&hash, digest);
    print_bytes("sha256", digest, sizeof digest);

    // RFC 4231, test cases 1 and 6.
    fill(key, 20, 0x0b, 0);
    hmac_sha256(key, 20, "Hi There", 8, digest);
    print_bytes("hmac", digest, sizeof digest);
    fill(key, sizeof key, 0xaa, 0);
    static const char larger[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    hmac_sha256(key, sizeof key, larger, sizeof larger - 1, digest);
    print_bytes("hmac", digest, sizeof digest);
}

void cipher_lines(void) {
    a51_lines();
    aes_lines();
    sha256_lines();
}
