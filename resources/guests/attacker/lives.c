// Nothing may be left in our memory of who had it before us. To see it we begin anew some times, with all of it written; how often, a channel knows.
#include "attacker.h"
#include "../lib/pocketvisor.h"

enum { LIVES = 3 };
static volatile uint64_t *lived; // 0: there is no channel that we may write to

extern char stack_top[];

static uint64_t *first_word(void) { return (uint64_t *)(((uintptr_t)stack_top + 4095) & ~(uintptr_t)4095); }

static uint64_t *behind_last(void) {
    const uint64_t most = 8 << 20, own = board.memory_base + board.memory_size - (uintptr_t)first_word();
    return first_word() + (own < most ? own : most) / sizeof(uint64_t);
}

void lives_begin(void) {
    for (uint64_t capability = 0;; capability++) {
        const struct pv_result channel = pv_call(PV_MAP, capability, 0);
        if (channel.status != 0) break;
        if (channel.value[4] & 2) lived = (volatile uint64_t *)channel.value[0];
    }
    uint64_t left = 0;
    for (uint64_t *at = first_word(); at < behind_last(); at++) left += *at != 0;
    print("attacker: life %lu, %lu words left of another\n", lived ? *lived + 1 : 1, left);
    if (lived && *lived > 0) lives_end();
}

_Noreturn void lives_end(void) {
    if (lived && ++*lived < LIVES) {
        // Whoever looks at what we have may do so now.
        pv_call(PV_WAIT, 100000000, 0);
        for (uint64_t *at = first_word(); at < behind_last(); at++) *at = ~(uint64_t)0;
        reboot();
    }
    end();
}
