// CRC-32 of ISO 3309, a byte at a time by a table: loads that depend on each other.
#include "kernels.h"

enum { SIZE = 64 << 10, ROUNDS = 3000 };

static uint32_t table[256];
static uint8_t data[SIZE];

uint64_t crc(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (0xedb88320 & -(value & 1));
        table[i] = value;
    }
    fill(data, SIZE, 1);
    uint32_t value = ~0u;
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < SIZE; i++) value = value >> 8 ^ table[(uint8_t)value ^ data[i]];
    }
    return ~value;
}
