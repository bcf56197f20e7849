// Fibonacci's numbers by recursion: calls, returns and the stack.
#include "kernels.h"

enum { NUMBER = 38 };

__attribute__((noinline)) static uint64_t fibonacci(uint64_t n) {
    if (n < 2) return n;
    const uint64_t before = fibonacci(n - 1);
    return before + fibonacci(n - 2);
}

uint64_t fib(void) { return fibonacci(NUMBER); }
