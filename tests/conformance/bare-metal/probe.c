#include "probe.h"

#define UART_DR (*(volatile uint32_t *)0x09000000)

__attribute__((aligned(4096))) uint32_t code[PROBE_WORDS];

void enter(struct outcome *to, uint64_t spsr, uint64_t pc, uint64_t x0, uint64_t x1, uint64_t sp_el0);

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

void run(struct outcome *to, uint32_t pstate, uint64_t x0, uint64_t x1) {
    uint64_t pc = (uint64_t)code + ((pstate & 0x1f) == EL0 ? USER_ALIAS : 0);
    enter(to, pstate, pc, x0, x1, (uint64_t)code + 2048 + USER_ALIAS);
}

/* EL0's alias of an address counts as the address. */
static uint64_t plain(uint64_t address) {
    return address >= 0x80000000 && address < 0xc0000000 ? address - USER_ALIAS : address;
}

/* Classes that set FAR. */
static int has_address(uint64_t esr) {
    uint64_t class = esr >> 26;
    return (class >= 0x20 && class <= 0x25) || class == 0x34 || class == 0x35;
}

void report(const char *label, uint64_t number, const struct outcome *outcome) {
    uint64_t class = outcome->esr >> 26;
    print(label);
    put(' ');
    print_hex(number);
    field("vector", outcome->vector);
    field("esr", outcome->esr);
    /* A watchpoint may report any byte of the access up to the one that is watched (D2.10.5). */
    if (has_address(outcome->esr))
        field("far", class == 0x34 || class == 0x35 ? outcome->far & ~15ul : outcome->far);
    if (class == 0x3c && (outcome->esr & 0xffff) == 0x7777)
        field("x0", outcome->x0);
    field("elr", plain(outcome->elr) - (uint64_t)code);
    field("spsr", outcome->spsr);
    put('\n');
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
