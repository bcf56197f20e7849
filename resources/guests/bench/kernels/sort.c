// Quicksort with insertion sort for the small parts: branches that nobody can foresee.
#include "kernels.h"

enum { COUNT = 64 << 10, SMALL = 12, ROUNDS = 100 };

static uint32_t values[COUNT];

static void quicksort(uint32_t *low, uint32_t *high) {
    while (high - low > SMALL) {
        const uint32_t pivot = low[(high - low) / 2];
        uint32_t *left = low, *right = high;
        while (left <= right) {
            while (*left < pivot) left++;
            while (*right > pivot) right--;
            if (left > right) break;
            const uint32_t saved = *left;
            *left++ = *right;
            *right-- = saved;
        }
        // The larger part goes on in the loop, so that the stack stays small.
        if (right - low < high - left) {
            quicksort(low, right);
            low = left;
        } else {
            quicksort(left, high);
            high = right;
        }
    }
    for (uint32_t *at = low + 1; at <= high; at++) {
        const uint32_t value = *at;
        uint32_t *hole = at;
        for (; hole > low && hole[-1] > value; hole--) *hole = hole[-1];
        *hole = value;
    }
}

uint64_t sort(void) {
    uint64_t sum = 0;
    uint32_t seed = 11;
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < COUNT; i++) values[i] = next_random(&seed);
        quicksort(values, values + COUNT - 1);
        for (size_t i = 1; i < COUNT; i++) {
            if (values[i - 1] > values[i]) return 0;
        }
        sum = mix(sum, values[COUNT / 3]);
    }
    return sum;
}
