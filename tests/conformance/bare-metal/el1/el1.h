/* What the parts of the image that runs at EL1 share, beside the library. */
#ifndef EL1_H
#define EL1_H

#include "../lib/probe.h"
#include "../lib/tables.h"

/* Runs the assembled words under a PSTATE, at EL0's alias where that is EL0. */
void run(struct outcome *to, uint32_t pstate, uint64_t x0, uint64_t x1);
/* One line of the log: label, then what the probe did. ELR is relative to the probe. */
void report(const char *label, uint64_t number, const struct outcome *outcome);

void registers(void);
void translation(void);
void returns(void);
void traps(void);
void debug(void);
void contexts(void);
void calls(void);

#endif
