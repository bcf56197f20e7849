// Several workloads at once.
#pragma once
#include "../kernels/kernels.h"

enum { MOST_PARALLEL = 16 };

// Runs each in a process of its own, all at the same time, between the marks of `run_kernel`: with all names, and all results.
void run_parallel(const struct kernel *const *kernels, size_t count);
