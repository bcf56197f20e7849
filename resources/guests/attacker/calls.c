// Hypercalls and firmware calls (SMCCC, DEN 0028): all owners, and most often those that exist.
#include "attacker.h"

enum { PSCI_CPU_SUSPEND = 1, PSCI_CPU_OFF = 2, PSCI_SYSTEM_OFF = 8, PSCI_SYSTEM_RESET = 9 };
enum { PSCI_CPU_DEFAULT_SUSPEND = 0xc, PSCI_SYSTEM_SUSPEND = 0xe, PSCI_SYSTEM_RESET2 = 0x12 };
static const uint32_t PSCI = 0x84000000, VENDOR = 0xc6000000, CALL_64 = 0x40000000;
enum { HYPERCALL_WAIT = 2, HYPERCALL_CONSOLE = 6 };

// What may end or stop us by right is no attack.
static bool ends_us(uint32_t function) {
    switch ((function & ~CALL_64) - PSCI) {
        case PSCI_CPU_SUSPEND:
        case PSCI_CPU_OFF:
        case PSCI_SYSTEM_OFF:
        case PSCI_SYSTEM_RESET:
        case PSCI_CPU_DEFAULT_SUSPEND:
        case PSCI_SYSTEM_SUSPEND:
        case PSCI_SYSTEM_RESET2: return true;
        default: return function == VENDOR + HYPERCALL_CONSOLE;
    }
}

static uint32_t any_function(void) {
    const uint32_t wide = one_in(2) ? CALL_64 : 0;
    switch (random_below(4)) {
        case 0: return (PSCI | wide) + (uint32_t)random_below(0x20);
        case 1: return (uint32_t)((VENDOR & ~CALL_64) | wide) + (uint32_t)random_below(0x10);
        case 2: return (0x80000000 | wide) + ((uint32_t)random_below(64) << 24) + (one_in(2) ? 0xff00 : 0) + (uint32_t)random_below(0x60);
        default: return (uint32_t)random();
    }
}

static enum outcome answer(uint64_t x0) {
    if (caught() != DONE) return caught();
    // NOT_SUPPORTED and its like, as 32 or 64 bits.
    const int64_t value = (int32_t)x0;
    return value < 0 && value >= -16 ? REFUSED : DONE;
}

static void fill(uint64_t arguments[8]) {
    uint32_t function;
    do function = any_function();
    while (ends_us(function));
    // The upper half of x0 counts for nothing.
    arguments[0] = function | (one_in(4) ? random() << 32 : 0);
    for (int i = 1; i < 8; i++) arguments[i] = any_argument();
    if (function == VENDOR + HYPERCALL_WAIT) arguments[1] &= 0xffff;
}

enum outcome attack_call(void) {
    uint64_t arguments[8];
    fill(arguments);
    caught_nothing();
    return answer(execute(one_in(2) ? hvc0 : smc0, arguments));
}

// HVC and SMC with an immediate; SVC comes back to ourselves.
enum outcome attack_immediate(void) {
    static const uint32_t words[3] = {0xd4000002, 0xd4000003, 0xd4000001};
    uint64_t arguments[8];
    fill(arguments);
    caught_nothing();
    return answer(execute_word(words[random_below(3)] | (uint32_t)random_below(1 << 16) << 5, arguments));
}
