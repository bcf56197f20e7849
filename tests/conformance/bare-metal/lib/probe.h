/* What the images share: the console, and probes: a few words that run at a level until an exception ends them. */
#ifndef PROBE_H
#define PROBE_H

#include <stddef.h>
#include <stdint.h>

/* Virtual aliases of RAM: the identity, which EL1 reads, writes and executes; and one that EL0 may use. */
#define USER_ALIAS 0x40000000ul

#define EL0 0x000u
#define EL1 0x005u
#define EL2 0x009u
#define MASKED 0x3c0u

struct outcome {
    uint64_t vector, esr, far, elr, spsr, x0, x1, x2, hpfar;
};

/* Words of a probe; what follows them is BRK #0x7777, which ends one that nothing else ended. */
#define PROBE_WORDS 32
#define END 0xd42eeee0u
#define ISB 0xd5033fdfu
extern uint32_t code[PROBE_WORDS];

void print(const char *text);
void print_hex(uint64_t value);
void field(const char *name, uint64_t value);

/* Puts words where probes run; answers nothing. */
void assemble(const uint32_t *words, size_t count);
/* Runs code under a PSTATE until an exception arrives: see the image's start.S. */
void enter(struct outcome *to, uint64_t spsr, uint64_t pc, uint64_t x0, uint64_t x1, uint64_t sp_el0);
/* Whether a probe came to its end. */
int ended(const struct outcome *outcome);
/* EL0's alias of an address counts as the address. */
uint64_t plain(uint64_t address);

uint64_t random64(void);
uint32_t below(uint32_t limit);
int chance(uint32_t one_in);

#define READ(name) ({ uint64_t v_; asm volatile("mrs %0, " #name : "=r"(v_)); v_; })
#define WRITE(name, value) do { asm volatile("msr " #name ", %0\n\tisb" : : "r"((uint64_t)(value)) : "memory"); } while (0)

#endif
