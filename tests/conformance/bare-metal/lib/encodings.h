/* Encodings of MRS and MSR by their number: o0, op1, CRn, CRm, op2 as in bits 19:5. */
#ifndef ENCODINGS_H
#define ENCODINGS_H

#include "probe.h"

#define MRS 0xd5300000u
#define MSR 0xd5100000u
#define NUMBER(op0, op1, crn, crm, op2) \
    ((uint32_t)(((op0) & 1) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2)))

struct range {
    uint32_t first, last;
};
int is_in(const struct range *list, size_t count, uint32_t number);
#define IN(list, number) is_in(list, sizeof list / sizeof list[0], number)

/* The start of a line: `mrs s3_0_c1_c0_0 `. */
void print_register(const char *what, uint32_t number);
/* Its end: what was read where the probe came to its end and that says something, else the syndrome. */
void print_value(const struct outcome *outcome, int shows);

#endif
