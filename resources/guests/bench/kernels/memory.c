// memcpy and strlen as a C library has them: words and pairs of registers, mostly at addresses that are not aligned.
#include "kernels.h"

enum { SIZE = 32 << 10, COPY_ROUNDS = 90000, LENGTH_ROUNDS = 70000 };

static uint8_t from[SIZE + 64] __attribute__((aligned(64))), to[SIZE + 64] __attribute__((aligned(64)));

struct pair {
    uint64_t low, high;
};

static struct pair load_pair(const uint8_t *at) {
    struct pair pair;
    __builtin_memcpy(&pair, at, sizeof pair);
    return pair;
}

static void store_pair(uint8_t *at, struct pair pair) { __builtin_memcpy(at, &pair, sizeof pair); }

// For 16 bytes and more: 32 at a time, the last 16 overlap.
__attribute__((noinline)) static void copy_bytes(uint8_t *target, const uint8_t *source, size_t size) {
    const struct pair last = load_pair(source + size - 16);
    uint8_t *const end = target + size;
    for (; size >= 32; size -= 32, target += 32, source += 32) {
        const struct pair first = load_pair(source), second = load_pair(source + 16);
        store_pair(target, first);
        store_pair(target + 16, second);
    }
    if (size >= 16) store_pair(target, load_pair(source));
    store_pair(end - 16, last);
}

uint64_t copy(void) {
    fill(from, sizeof from, 13);
    uint64_t sum = 0;
    for (int round = 0; round < COPY_ROUNDS; round++) {
        const size_t source = (size_t)(round * 5) & 31, target = (size_t)(round * 3) & 31;
        copy_bytes(to + target, from + source, SIZE - 17);
        // Small ones, as most are.
        for (size_t i = 0, size = 16; i + 160 < SIZE / 8; i += size, size = 16 + (size * 7 + 5) % 113) {
            copy_bytes(to + i + (i & 7), from + i, size);
        }
        uint64_t word;
        __builtin_memcpy(&word, to + (size_t)(round * 37) % SIZE, sizeof word);
        sum = mix(sum, word);
    }
    return sum;
}

// Eight bytes at a time; the test for a zero byte is that of Hacker's Delight 6-1.
__attribute__((noinline)) static size_t measure(const char *text) {
    const char *at = text;
    for (; (uintptr_t)at & 7; at++) {
        if (!*at) return (size_t)(at - text);
    }
    for (;; at += 8) {
        uint64_t word;
        __builtin_memcpy(&word, __builtin_assume_aligned(at, 8), sizeof word);
        const uint64_t zeros = (word - 0x0101010101010101) & ~word & 0x8080808080808080;
        if (zeros) return (size_t)(at - text) + (size_t)__builtin_ctzll(zeros) / 8;
    }
}

uint64_t string_length(void) {
    fill(from, sizeof from, 17);
    for (size_t i = 0; i < SIZE; i++) from[i] |= 1;
    // Strings of 0 to 255 bytes, one after the other.
    uint32_t seed = 19;
    for (size_t at = 0; at < SIZE; at += 1 + (next_random(&seed) & 255)) from[at] = 0;
    from[SIZE - 1] = 0;
    uint64_t sum = 0;
    for (int round = 0; round < LENGTH_ROUNDS; round++) {
        for (size_t at = 0; at < SIZE;) {
            const size_t length = measure((const char *)from + at);
            sum += length ^ at;
            at += length + 1;
        }
    }
    return sum;
}
