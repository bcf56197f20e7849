#include "kernels.h"
#include "../../hello/hello.h"

static const struct kernel kernels[] = {
    {"crc", crc},
    {"list", list},
    {"matrix", matrix},
    {"double-matrix", double_matrix},
    {"sort", sort},
    {"bytecode", bytecode},
    {"fib", fib},
    {"sha256", sha256},
    {"sha256-crypto", sha256_crypto},
    {"memcpy", copy},
    {"strlen", string_length},
    {"nbody", nbody},
    {"filter", filter},
    {"neon-integer", neon_integer},
    {"neon-float", neon_float},
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
    print("BENCH START %s\n", kernel->name);
    const uint64_t result = kernel->run();
    print("BENCH END %s %016lx\n", kernel->name, result);
}
