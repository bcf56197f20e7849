// Hypercalls and firmware calls (SMCCC, DEN 0028): all owners, and most often those that exist.
#include "attacker.h"

enum { PSCI_CPU_SUSPEND = 1, PSCI_CPU_OFF = 2, PSCI_CPU_ON = 3, PSCI_AFFINITY_INFO = 4, PSCI_MIGRATE = 5, PSCI_SYSTEM_OFF = 8, PSCI_SYSTEM_RESET = 9 };
enum { PSCI_FEATURES = 0xa, PSCI_CPU_FREEZE = 0xb, PSCI_SET_SUSPEND_MODE = 0xf };
enum { PSCI_CPU_DEFAULT_SUSPEND = 0xc, PSCI_SYSTEM_SUSPEND = 0xe, PSCI_SYSTEM_RESET2 = 0x12 };
static const uint32_t PSCI = 0x84000000, VENDOR = 0x86000000, CALL_64 = 0x40000000;
enum { HYPERCALL_NOTIFY = 1, HYPERCALL_WAIT = 2, HYPERCALL_YIELD = 3, HYPERCALL_CONSOLE = 6 };

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
        default: return (function & ~CALL_64) == VENDOR + HYPERCALL_CONSOLE;
    }
}

static uint32_t any_function(void) {
    const uint32_t wide = one_in(2) ? CALL_64 : 0;
    switch (random_below(4)) {
        case 0: return (PSCI | wide) + (uint32_t)random_below(0x20);
        case 1: return (VENDOR | wide) + (uint32_t)random_below(0x10);
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
    // Not for ever.
    if ((function & ~CALL_64) == VENDOR + HYPERCALL_WAIT) arguments[1] = random_below(0xffff) + 1;
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

static enum outcome hypercall(uint32_t number, uint64_t first, uint64_t second) {
    const uint64_t arguments[8] = {VENDOR | CALL_64 | number, first, second};
    caught_nothing();
    return answer(execute(hvc0, arguments));
}

// PSCI (DEN 0022 5.1): cores that are not ours, suspension with any state and any address, but none that ends us.
enum outcome attack_power(void) {
    const uint32_t wide = one_in(2) ? CALL_64 : 0;
    uint64_t arguments[8] = {0, any_argument(), any_argument(), any_argument()};
    if (one_in(4)) {
        arguments[0] = PSCI | wide | PSCI_CPU_SUSPEND;
        arguments[1] = one_in(2) ? random_below(1 << 16) : random() & ~(uint64_t)(1 << 16); // a stand-by state, or none
        timer_soon(random_below(1000));
    } else {
        static const uint8_t functions[] = {PSCI_CPU_ON, PSCI_AFFINITY_INFO, PSCI_MIGRATE, PSCI_FEATURES, PSCI_CPU_FREEZE, PSCI_SET_SUSPEND_MODE};
        arguments[0] = PSCI | wide | functions[random_below(array_length(functions))];
        if (one_in(2)) arguments[1] = random_below(8) << 8 * random_below(5);
    }
    caught_nothing();
    const uint64_t x0 = execute(one_in(2) ? hvc0 : smc0, arguments);
    write_sysreg(cntv_ctl_el0, 0);
    return answer(x0);
}

// Bells of channels that are ours and that are not, as fast as we can.
enum outcome attack_bell(void) { return hypercall(HYPERCALL_NOTIFY, one_in(4) ? any_argument() : random_below(4), random()); }

// Sleep just before somebody looks, and give turns away: whoever counts by ticks counts wrong then.
enum outcome attack_wait(void) {
    caught_nothing();
    switch (random_below(4)) {
        case 0: return hypercall(HYPERCALL_WAIT, random_below(2000) + 1, 0);
        case 1: return hypercall(HYPERCALL_YIELD, 0, 0);
        case 2: __asm__ volatile("sev\n wfe" ::: "memory"); break;
        default:
            timer_soon(random_below(100));
            __asm__ volatile("wfi" ::: "memory");
            write_sysreg(cntv_ctl_el0, 0);
    }
    return caught();
}
