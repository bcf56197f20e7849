// A linked list in shuffled order: one load after the other, each at an address that the last one gave.
#include "kernels.h"

enum { NODES = 32 << 10, ROUNDS = 3500 };

static struct node {
    struct node *next;
    uint64_t value;
} nodes[NODES];
static uint32_t order[NODES];

uint64_t list(void) {
    uint32_t seed = 7;
    for (uint32_t i = 0; i < NODES; i++) order[i] = i;
    for (uint32_t i = NODES - 1; i > 0; i--) {
        const uint32_t other = next_random(&seed) % (i + 1);
        const uint32_t saved = order[i];
        order[i] = order[other];
        order[other] = saved;
    }
    for (uint32_t i = 0; i < NODES; i++) {
        nodes[order[i]].next = i + 1 < NODES ? &nodes[order[i + 1]] : 0;
        nodes[order[i]].value = i * 0x10001u;
    }
    uint64_t sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (const struct node *node = &nodes[order[0]]; node; node = node->next) sum += node->value ^ (sum << 1 | sum >> 63);
    }
    return sum;
}
