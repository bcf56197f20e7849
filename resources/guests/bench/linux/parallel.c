#include "parallel.h"
#include "../../hello/hello.h"
#include "calls.h"
#include "process.h"
#include "system.h"

// A process that waits until the write end of `gate` is closed everywhere, runs the kernel, and writes the result into `results`.
static int64_t start(const struct kernel *kernel, const int gate[2], int results) {
    const int64_t child = fork();
    if (child != 0) return child;
    uint8_t byte;
    call(SYS_close, (uint64_t)gate[1], 0, 0, 0);
    call(SYS_read, (uint64_t)gate[0], (uintptr_t)&byte, 1, 0);
    const uint64_t result = kernel->run();
    const int64_t written = call(SYS_write, (uint64_t)results, (uintptr_t)&result, sizeof result, 0);
    exit_process(written == sizeof result ? 0 : 1);
}

static void print_mark(const char *mark, const struct kernel *const *kernels, size_t count) {
    print("BENCH %s", mark);
    for (size_t i = 0; i < count; i++) print(" %s", kernels[i]->name);
}

void run_parallel(const struct kernel *const *kernels, size_t count) {
    int gate[2], results[MOST_PARALLEL];
    int64_t children[MOST_PARALLEL];
    must("pipe2", call(SYS_pipe2, (uintptr_t)gate, 0, 0, 0));
    for (size_t i = 0; i < count; i++) {
        int ends[2];
        must("pipe2", call(SYS_pipe2, (uintptr_t)ends, 0, 0, 0));
        children[i] = start(kernels[i], gate, ends[1]);
        results[i] = ends[0];
    }

    print_mark("START", kernels, count);
    print("\n");
    must("close", call(SYS_close, (uint64_t)gate[1], 0, 0, 0));
    for (size_t i = 0; i < count; i++) {
        if (wait(children[i]) != 0) give_up(kernels[i]->name, 0);
    }
    print_mark("END", kernels, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t result = 0;
        must("read", call(SYS_read, (uint64_t)results[i], (uintptr_t)&result, sizeof result, 0));
        print(" %016lx", result);
    }
    print("\n");
}
