// What the files of this guest share.
#pragma once
#include <stdint.h>

enum { CORES = 4 };

// The two locations of a test, in different cache lines.
struct cell {
    volatile uint64_t x, gap[7], y, more[7];
};

// One thread's part: what it read goes to the low bits, a in bits 3:0 and b in bits 7:4.
typedef uint32_t part(struct cell *cell);

struct litmus {
    const char *name;
    int threads;
    part *parts[CORES];
};

struct counter {
    const char *name;
    // Bytes that the counter has, 16 for two that count alike.
    int bytes;
    void (*add)(volatile uint64_t *at);
};

extern const struct litmus litmus_tests[];
extern const int litmus_count;
extern const struct counter counters[];
extern const int counter_count;

// The address whose page is exchanged, and its entry in the tables.
enum { WINDOW = 0x80000000 };
extern volatile uint64_t *const window_entry;
void make_tables(void);

void print(const char *text);
void print_number(uint64_t value);
void print_hex(uint32_t value);
long psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
void secondary(void);
uint64_t patched(void);
