// For guests without interrupts of the console's: output that waits, and the MMU with a flat map.
#pragma once
#include "../../hello/hello.h"

void uart_start(void);

// Devices below 1 GiB, memory from there to 4 GiB, caches on. The first 512 GiB of addresses.
void mmu_on(void);

_Noreturn void end(void);
