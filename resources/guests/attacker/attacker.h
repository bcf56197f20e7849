// Everything that a guest might try to get out of its cell, and what came of it.
#pragma once
#include "../lib/metal/metal.h"

// How a try ended.
// LEAKED: we saw what is not ours.
enum outcome { DONE, REFUSED, UNDEFINED, TRAPPED, DATA_ABORT, INSTRUCTION_ABORT, OTHER_FAULT, LEAKED, OUTCOMES };

// A kind of attack: does one try, and says how it ended.
struct attack {
    const char *name;
    enum outcome (*attempt)(void);
    // Of the tries that are asked for one in so many: what takes long is tried less often.
    unsigned share;
};

enum outcome attack_call(void);        // calls.c
enum outcome attack_immediate(void);
enum outcome attack_power(void);
enum outcome attack_bell(void);
enum outcome attack_wait(void);
enum outcome attack_load(void);        // memory.c
enum outcome attack_store(void);
enum outcome attack_jump(void);
enum outcome attack_page(void);
enum outcome attack_walk(void);
enum outcome attack_read_register(void); // registers.c
enum outcome attack_write_register(void);
enum outcome attack_maintenance(void);
enum outcome attack_ring(void);        // virtio.c
enum outcome attack_interrupt(void);   // interrupts.c
enum outcome attack_distributor(void);
enum outcome attack_switch(void);      // switch.c

// lives.c: whether something of an earlier life, ours or another's, is in our memory; and what comes after this one.
void lives_begin(void);
_Noreturn void lives_end(void);

// random.c: xorshift64 (Marsaglia 2003). The same seed, the same attack.
void random_start(uint64_t seed);
uint64_t random(void);
static inline uint64_t random_below(uint64_t bound) { return random() % bound; }
static inline bool one_in(unsigned count) { return random_below(count) == 0; }
// An address that is none of ours, seen through the map below: near our own, of the first 4 GiB, where the board's devices are, or of 48 bits.
uint64_t outside(void);
bool is_ours(uint64_t address);
// A number as an argument: small, random, or an address, our own or another.
uint64_t any_argument(void);

// memory.c: the physical address wherever it is, by a window of 1 GiB that is moved there.
uintptr_t window(uint64_t physical);

// faults.c: how the last access or instruction ended, since `caught_nothing`.
void caught_nothing(void);
enum outcome caught(void);

// execute.S
// Runs code with x0 to x7; answers x0. What it does to the stack is its own fault.
uint64_t execute(const void *code, const uint64_t arguments[8]);
// The instruction at which `execute` finds a word that was written there, and a return behind it.
extern uint32_t slot[];
uint64_t execute_word(uint32_t word, const uint64_t arguments[8]);
extern const char hvc0[], smc0[];

// interrupts.c
void interrupts_start(void);
uint64_t interrupts_seen(void);
// Our timer fires so many ticks from now, and ends a wait.
void timer_soon(uint64_t ticks);
