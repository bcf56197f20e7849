// Workloads that keep the kernel busy.
#pragma once
#include "../kernels/kernels.h"

extern const struct kernel system_workloads[];
extern const size_t system_workload_count;

// Ends the workload with a message when it cannot be done.
_Noreturn void give_up(const char *what, int64_t error);
