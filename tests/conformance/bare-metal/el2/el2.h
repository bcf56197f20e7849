/* What the parts of the image that runs at EL2 share, beside the library. */
#ifndef EL2_H
#define EL2_H

#include "../lib/probe.h"
#include "../lib/tables.h"


/* HCR_EL2.RW and what probes of the lower levels run with otherwise. */
#define RW (1ul << 31)
#define CPTR_NONE 0x33fful
#define MDCR_NONE 6ul
#define SCTLR_OFF 0x30d00800ul
#define SCTLR_ON (SCTLR_OFF | 1 | 1 << 2 | 1 << 12)

/* Stage 1 of EL1&0: a GiB each. 1: identity; 2: the same for EL0; 3 and 4 are for tests. */
extern uint64_t level1[512];

/* Runs words at a level; EL0's at its alias while the MMU of EL1&0 is on. */
void run_at(struct outcome *to, uint32_t level, uint64_t x0, uint64_t x1);
/* A line with what happened, with HPFAR where stage 2 sets it. */
void tell(const char *label, uint64_t number, const struct outcome *outcome);

void registers_el2(void);
void returns_el2(void);
void traps_el2(void);
void debug_el2(void);
void stage2(void);

#endif
