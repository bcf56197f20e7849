#include "el1.h"

void run(struct outcome *to, uint32_t pstate, uint64_t x0, uint64_t x1) {
    uint64_t pc = (uint64_t)code + ((pstate & 0x1f) == EL0 ? USER_ALIAS : 0);
    enter(to, pstate, pc, x0, x1, (uint64_t)code + 2048 + USER_ALIAS);
}

/* Classes that set FAR. */
static int has_address(uint64_t esr) {
    uint64_t class = esr >> 26;
    return (class >= 0x20 && class <= 0x25) || class == 0x34 || class == 0x35;
}

void report(const char *label, uint64_t number, const struct outcome *outcome) {
    uint64_t class = outcome->esr >> 26;
    print(label);
    print(" ");
    print_hex(number);
    field("vector", outcome->vector);
    field("esr", outcome->esr);
    /* A watchpoint may report any byte of the access up to the one that is watched (D2.10.5). */
    if (has_address(outcome->esr))
        field("far", class == 0x34 || class == 0x35 ? outcome->far & ~15ul : outcome->far);
    if (ended(outcome))
        field("x0", outcome->x0);
    field("elr", plain(outcome->elr) - (uint64_t)code);
    field("spsr", outcome->spsr);
    print("\n");
}
