// What a switch to another guest and back leaves in registers: all that a compiler leaves alone hold numbers of ours, and are looked at again.
#include "attacker.h"

// registers.S of the victim fills and compares the same registers.
#include "../victim/victim.h"

enum outcome attack_switch(void) {
    const uint64_t value = random();
    caught_nothing();
    registers_fill(value);
    // Whoever has a turn now leaves what it left.
    if (one_in(2)) __asm__ volatile("wfe" ::: "memory");
    else if (registers_hold(value, random_below(1000) + 1)) return LEAKED;
    const bool leaked = registers_changed(value) != 0;
    write_sysreg(cntv_ctl_el0, 0);
    return leaked ? LEAKED : caught();
}
