// The tables are for 4 KiB; TG0 is set to what means 4 KiB in TG1.
#include "common.S"
    .text
    .global main
    .type main, %function
main:
    mmu_on  tables, (TCR_4K | (2 << 14))
    b       power_off
    .size main, . - main
