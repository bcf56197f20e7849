// What the workloads share. The same sources are built for the bare machine and for Linux.
#pragma once
#include <stddef.h>
#include <stdint.h>

// One workload: fixed work, so that its result is always the same 64 bits.
struct kernel {
    const char *name;
    uint64_t (*run)(void);
    // What is not measured comes first; or 0.
    void (*prepare)(void);
};

// The workload of that name, or 0.
const struct kernel *find_kernel(const char *name);
// Prints the names.
void list_kernels(void);
// Runs it between the marks that `pocketvisor bench` looks for on the console.
void run_kernel(const struct kernel *kernel);

uint64_t crc(void);
uint64_t list(void);
uint64_t matrix(void);
uint64_t double_matrix(void);
uint64_t sort(void);
uint64_t bytecode(void);
uint64_t fib(void);
uint64_t sha256(void);
uint64_t sha256_crypto(void);
uint64_t copy(void);
uint64_t string_length(void);
uint64_t nbody(void);
uint64_t filter(void);
uint64_t neon_integer(void);
uint64_t neon_float(void);

// xorshift32 (Marsaglia 2003).
static inline uint32_t next_random(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    return *state ^= *state << 5;
}

static inline uint64_t mix(uint64_t sum, uint64_t value) { return (sum ^ value) * 0x9e3779b97f4a7c15 + (sum >> 29); }

static inline void fill(void *to, size_t size, uint32_t seed) {
    for (size_t i = 0; i < size; i++) ((uint8_t *)to)[i] = (uint8_t)(next_random(&seed) >> 11);
}
