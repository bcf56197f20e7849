#include "kernels.h"
#include "../../hello/hello.h"

static const struct kernel kernels[] = {
    {"crc", crc, 0},
    {"list", list, 0},
    {"matrix", matrix, 0},
    {"double-matrix", double_matrix, 0},
    {"sort", sort, 0},
    {"bytecode", bytecode, 0},
    {"fib", fib, 0},
    {"sha256", sha256, 0},
    {"sha256-crypto", sha256_crypto, 0},
    {"memcpy", copy, 0},
    {"strlen", string_length, 0},
    {"nbody", nbody, 0},
    {"filter", filter, 0},
    {"neon-integer", neon_integer, 0},
    {"neon-float", neon_float, 0},
};

const struct kernel *find_kernel(const char *name) {
    for (size_t i = 0; i < array_length(kernels); i++) {
        if (equal(kernels[i].name, name)) return &kernels[i];
    }
    return 0;
}

void list_kernels(void) {
    for (size_t i = 0; i < array_length(kernels); i++) print(" %s", kernels[i].name);
}

void run_kernel(const struct kernel *kernel) {
    if (kernel->prepare) kernel->prepare();
    print("BENCH START %s\n", kernel->name);
    const uint64_t result = kernel->run();
    print("BENCH END %s %016lx\n", kernel->name, result);
}
