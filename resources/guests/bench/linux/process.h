// Processes, and system calls that must succeed.
#pragma once
#include <stdint.h>

// The answer; an errno ends the workload with a message.
int64_t must(const char *what, int64_t answer);

// 0 in the child, the child's number in its parent.
int64_t fork(void);

// The status with which the child ended.
uint32_t wait(int64_t child);

_Noreturn void exit_process(int status);
