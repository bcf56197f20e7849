/* Every encoding of MRS and MSR from EL2, and what EL1 sees of the same where EL2 is there. */
#include "el2.h"

#define MRS 0xd5300000u
#define MSR 0xd5100000u
#define ISB 0xd5033fdfu
#define NUMBER(op0, op1, crn, crm, op2) \
    ((uint32_t)(((op0) & 1) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2)))

struct range {
    uint32_t first, last;
};
static const struct range moving[] = {
    {NUMBER(3, 3, 14, 0, 1), NUMBER(3, 3, 14, 0, 2)}, /* CNTPCT, CNTVCT */
    {NUMBER(3, 3, 14, 2, 0), NUMBER(3, 3, 14, 2, 0)}, /* CNTP_TVAL */
    {NUMBER(3, 3, 14, 3, 0), NUMBER(3, 3, 14, 3, 0)}, /* CNTV_TVAL */
    {NUMBER(3, 4, 14, 2, 0), NUMBER(3, 4, 14, 2, 0)}, /* CNTHP_TVAL */
    {NUMBER(3, 3, 9, 13, 0), NUMBER(3, 3, 9, 13, 0)}, /* PMCCNTR */
    {NUMBER(3, 0, 7, 4, 0), NUMBER(3, 0, 7, 4, 0)},   /* PAR, which the last AT has left */
};
/* What is written of EL2's own: not what the harness stands on. */
static const struct range written[] = {
    {NUMBER(3, 4, 0, 0, 0), NUMBER(3, 4, 0, 0, 7)},
    {NUMBER(3, 4, 1, 1, 0), NUMBER(3, 4, 1, 1, 7)}, /* HCR, MDCR, CPTR, HSTR, HACR */
    {NUMBER(3, 4, 2, 1, 0), NUMBER(3, 4, 2, 1, 2)}, /* VTTBR, VTCR */
    {NUMBER(3, 4, 3, 0, 0), NUMBER(3, 4, 3, 0, 0)},
    {NUMBER(3, 4, 4, 1, 0), NUMBER(3, 4, 6, 15, 7)}, /* SP_EL1, SPSR_*, AFSR, ESR, FAR, HPFAR */
    {NUMBER(3, 4, 13, 0, 2), NUMBER(3, 4, 14, 1, 0)},
    {NUMBER(3, 4, 14, 2, 1), NUMBER(3, 4, 14, 2, 2)},
};

static int is_in(const struct range *list, size_t count, uint32_t number) {
    size_t i;
    for (i = 0; i < count; i++)
        if (number >= list[i].first && number <= list[i].last)
            return 1;
    return 0;
}
#define IN(list, number) is_in(list, sizeof list / sizeof list[0], number)

static int ended(const struct outcome *outcome) {
    return (outcome->esr >> 26) == 0x3c;
}

static void name(const char *what, uint32_t number) {
    print(what);
    print(" s");
    print_hex(2 + (number >> 14));
    print("_");
    print_hex((number >> 11) & 7);
    print("_c");
    print_hex((number >> 7) & 15);
    print("_c");
    print_hex((number >> 3) & 15);
    print("_");
    print_hex(number & 7);
    print(" ");
}

static void one(const char *what, uint32_t number, uint32_t level, uint32_t word, int shows) {
    struct outcome outcome;
    assemble(&word, 1);
    run_at(&outcome, level, 0, 0);
    if ((outcome.esr >> 26) == 0)
        return;
    name(what, number);
    if (ended(&outcome) && shows)
        field("value", outcome.x0);
    else
        field("esr", outcome.esr);
    print("\n");
}

static void write_all(uint32_t number, uint64_t value) {
    uint32_t mrs = MRS | number << 5, msr = MSR | number << 5;
    uint32_t words[] = {mrs | 2, msr | 1, ISB, mrs | 0, msr | 2, ISB};
    struct outcome outcome;
    assemble(words, sizeof words / sizeof words[0]);
    run_at(&outcome, EL2, 0, value);
    name(value ? "ones" : "zeros", number);
    if (ended(&outcome))
        field("value", outcome.x0);
    else
        field("esr", outcome.esr);
    print("\n");
}

void registers_el2(void) {
    uint32_t number;
    for (number = 0; number < 0x8000; number++) {
        uint32_t op1 = (number >> 11) & 7, word = MRS | number << 5;
        int shows = !IN(moving, number);
        if (op1 == 7 || op1 == 5)
            continue;
        one("mrs-el2", number, EL2, word, shows);
        one("mrs-el1", number, EL1, word, shows);
        if (IN(written, number)) {
            write_all(number, 0);
            write_all(number, ~0ul);
        }
    }
}
