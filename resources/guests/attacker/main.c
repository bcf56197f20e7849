// Tries, counts and tells. /chosen/bootargs: how often (default 1000), then a seed (default 1).
#include "attacker.h"

static const struct attack attacks[] = {
    {"interrupt", attack_interrupt, 1},
    {"call", attack_call, 1},
    {"immediate", attack_immediate, 8},
    {"power", attack_power, 8},
    {"bell", attack_bell, 8},
    {"wait", attack_wait, 8},
    {"switch", attack_switch, 64},
    {"load", attack_load, 1},
    {"store", attack_store, 1},
    {"page", attack_page, 1},
    {"walk", attack_walk, 8},
    {"jump", attack_jump, 8},
    {"ring", attack_ring, 8},
    {"distributor", attack_distributor, 8},
    {"maintenance", attack_maintenance, 8},
    {"read-register", attack_read_register, 8},
    {"write-register", attack_write_register, 8},
};

static const char *const outcome_names[OUTCOMES] = {"done", "refused", "undefined", "trapped", "data-abort", "instruction-abort", "other", "LEAKED"};

static void run(const struct attack *attack, uint64_t tries) {
    uint64_t counts[OUTCOMES] = {0};
    for (uint64_t n = 0; n < tries; n++) counts[attack->attempt()]++;
    // The attack may have had the console.
    uart_start();
    print("%s %lu:", attack->name, tries);
    for (int i = 0; i < OUTCOMES; i++) {
        if (counts[i]) print(" %s %lu", outcome_names[i], counts[i]);
    }
    print("\n");
}

extern const char text_start[];

// Of what nobody writes: our code in front of the slot.
static uint64_t sum_of_text(void) {
    uint64_t sum = 0;
    for (const uint32_t *word = (const uint32_t *)text_start; word < slot; word++) sum = (sum ^ *word) * 0x100000001b3;
    return sum;
}

static uint64_t number(const char **text, uint64_t otherwise) {
    uint64_t value = 0;
    const char *at = *text;
    for (; *at >= '0' && *at <= '9'; at++) value = value * 10 + (uint64_t)(*at - '0');
    if (at == *text) return otherwise;
    *text = *at == ' ' ? at + 1 : at;
    return value;
}

_Noreturn void kernel_main(void) {
    uart_start();
    board_init();
    mmu_on();
    const char *arguments = board.bootargs ? board.bootargs : "";
    const uint64_t tries = number(&arguments, 1000), seed = number(&arguments, 1);
    lives_begin();
    print("attacker: %lu tries, seed %lu\n", tries, seed);
    const uint64_t sum = sum_of_text();
    uint64_t all = 0;
    for (unsigned i = 0; i < array_length(attacks); i++) {
        random_start(seed + i);
        // The attack before may have had the interrupt controller.
        interrupts_start();
        run(&attacks[i], tries / attacks[i].share);
        all += tries / attacks[i].share;
    }
    print("attacker done: %lu tries, %lu interrupts, code %s\n", all, interrupts_seen(), sum == sum_of_text() ? "intact" : "CHANGED");
    lives_end();
}
