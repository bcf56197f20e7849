/* Descriptors of both stages, and random ones. */
#ifndef TABLES_H
#define TABLES_H

#include "probe.h"

#define BLOCK 1ul
#define TABLE 3ul
#define ACCESS (1ul << 10)
#define INNER (3ul << 8)
#define USER (1ul << 6)
#define DEVICE (1ul << 2)

/* A bit of an address that leads out of memory: too large, or where nothing is (bit 39 would be QEMU's window for PCIe). */
static inline uint64_t far_away(uint32_t from) {
    uint32_t bit = from + below(48 - from);
    return 1ul << (bit == 39 ? 41 : bit);
}

#endif
