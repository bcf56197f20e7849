/* Every encoding of MRS and MSR from EL2, and what EL1 sees of the same where EL2 is there. */
#include "el2.h"
#include "../lib/encodings.h"

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

static void one(const char *what, uint32_t number, uint32_t level, uint32_t word, int shows) {
    struct outcome outcome;
    assemble(&word, 1);
    run_at(&outcome, level, 0, 0);
    if ((outcome.esr >> 26) == 0)
        return;
    print_register(what, number);
    print_value(&outcome, shows);
}

static void write_all(uint32_t number, uint64_t value) {
    uint32_t mrs = MRS | number << 5, msr = MSR | number << 5;
    uint32_t words[] = {mrs | 2, msr | 1, ISB, mrs | 0, msr | 2, ISB};
    struct outcome outcome;
    assemble(words, sizeof words / sizeof words[0]);
    run_at(&outcome, EL2, 0, value);
    print_register(value ? "ones" : "zeros", number);
    print_value(&outcome, 1);
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
