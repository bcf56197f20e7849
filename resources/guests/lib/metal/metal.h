// For guests without interrupts of the console's: output that waits, and the MMU with a flat map.
#pragma once
#include "../../hello/hello.h"

void uart_start(void);

// Devices below 1 GiB, memory from there to 4 GiB, caches on. Addresses have 39 bits.
void mmu_on(void);
extern uint64_t flat_map[512]; // one block of 1 GiB an entry

_Noreturn void end(void);
