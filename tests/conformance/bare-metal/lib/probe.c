#include "probe.h"

#define UART_DR (*(volatile uint32_t *)0x09000000)

__attribute__((aligned(4096))) uint32_t code[PROBE_WORDS];

static void put(char c) {
    UART_DR = (uint32_t)c;
}

void print(const char *text) {
    while (*text)
        put(*text++);
}

void print_hex(uint64_t value) {
    int shift = 60;
    while (shift > 0 && (value >> shift) == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        put("0123456789abcdef"[(value >> shift) & 15]);
}

void field(const char *name, uint64_t value) {
    put(' ');
    print(name);
    put('=');
    print_hex(value);
}

void assemble(const uint32_t *words, size_t count) {
    size_t i;
    for (i = 0; i < PROBE_WORDS; i++)
        code[i] = i < count ? words[i] : END;
    for (i = 0; i < PROBE_WORDS; i += 4)
        asm volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0" : : "r"(&code[i]) : "memory");
    asm volatile("dsb ish\n\tisb" : : : "memory");
}

int ended(const struct outcome *outcome) {
    return (outcome->esr >> 26) == 0x3c && (outcome->esr & 0xffff) == 0x7777;
}

uint64_t plain(uint64_t address) {
    return address >= 0x80000000 && address < 0xc0000000 ? address - USER_ALIAS : address;
}

/* xorshift64*: the same numbers everywhere. */
uint64_t random64(void) {
    static uint64_t state = 0x9e3779b97f4a7c15ul;
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 0x2545f4914f6cdd1dul;
}

uint32_t below(uint32_t limit) {
    return (uint32_t)(random64() >> 33) % limit;
}

int chance(uint32_t one_in) {
    return below(one_in) == 0;
}
