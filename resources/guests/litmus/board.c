// The console (PL011), and translation tables.
#include "litmus.h"

static const uintptr_t UART = 0x09000000;

uint64_t tables[512] __attribute__((aligned(4096)));
static uint64_t level2[512] __attribute__((aligned(4096)));
static uint64_t level3[512] __attribute__((aligned(4096)));
volatile uint64_t *const window_entry = &level3[0];

// Blocks of 1 GiB: devices, RAM, and a table for the window. Bits: AF, inner shareable, attribute.
void make_tables(void) {
    tables[0] = 0x401;
    tables[1] = 0x40000000 | 0x705;
    tables[2] = (uint64_t)level2 | 3;
    level2[0] = (uint64_t)level3 | 3;
}

static void put(char c) {
    while (*(volatile uint32_t *)(UART + 0x18) & 1 << 5) {}
    *(volatile uint32_t *)UART = (uint32_t)c;
}

void print(const char *text) {
    while (*text) put(*text++);
}

void print_number(uint64_t value) {
    if (value >= 10) print_number(value / 10);
    put((char)('0' + value % 10));
}

void print_hex(uint32_t value) {
    for (int shift = 28; shift >= 0; shift -= 4) put("0123456789abcdef"[value >> shift & 15]);
}
