// What the parts of the program share.
#pragma once
#include "../bench/linux/calls.h"
#include "../hello/hello.h"
#include "../lib/link/link.h"

// channel.c: a channel of the cell, reached by /dev/mem: no driver is needed, for it is neither RAM nor anybody's.
struct channel {
    volatile struct link_memory *memory;
    volatile uint32_t *doorbell;
};
// By its name in the handset file. Below 0: an errno, as long as /proc or /dev are not there.
int64_t channel_open(const char *name, struct channel *channel);
void channel_ring(const struct channel *channel);
