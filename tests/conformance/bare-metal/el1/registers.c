/* Every encoding of MRS and MSR: where it is UNDEFINED or trapped, what it reads, which bits can be written. */
#include "el1.h"
#include "../lib/encodings.h"

/* What changes by itself: counters, and what depends on how long the run took. */
static const struct range moving[] = {
    {NUMBER(3, 3, 14, 0, 1), NUMBER(3, 3, 14, 0, 2)}, /* CNTPCT, CNTVCT */
    {NUMBER(3, 3, 14, 2, 0), NUMBER(3, 3, 14, 2, 0)}, /* CNTP_TVAL */
    {NUMBER(3, 3, 14, 3, 0), NUMBER(3, 3, 14, 3, 0)}, /* CNTV_TVAL */
    {NUMBER(3, 3, 9, 13, 0), NUMBER(3, 3, 9, 13, 0)}, /* PMCCNTR */
};

/* Registers whose bits would take the ground away from under the probe; traps and translation have tests of their own. */
static const struct range dangerous[] = {
    {NUMBER(3, 0, 1, 0, 0), NUMBER(3, 0, 1, 0, 0)},   /* SCTLR_EL1 */
    {NUMBER(3, 0, 2, 0, 0), NUMBER(3, 0, 2, 0, 2)},   /* TTBR0, TTBR1, TCR */
    {NUMBER(3, 0, 10, 2, 0), NUMBER(3, 0, 10, 2, 0)}, /* MAIR */
    {NUMBER(3, 0, 4, 1, 0), NUMBER(3, 0, 4, 1, 0)},   /* SP_EL0: CONSTRAINED UNPREDICTABLE while it is in use */
    {NUMBER(3, 0, 4, 2, 0), NUMBER(3, 0, 4, 2, 2)},   /* SPSel, CurrentEL */
    {NUMBER(3, 3, 4, 2, 1), NUMBER(3, 3, 4, 2, 1)},   /* DAIF */
    {NUMBER(3, 0, 12, 8, 0), NUMBER(3, 0, 12, 12, 7)}, /* GIC CPU interface: writes act */
};

static int is_undefined(const struct outcome *outcome) {
    return (outcome->esr >> 26) == 0;
}

static void one(const char *what, uint32_t number, uint32_t pstate, uint32_t word, int shows) {
    struct outcome outcome;
    assemble(&word, 1);
    run(&outcome, pstate, 0, 0);
    if (is_undefined(&outcome))
        return;
    print_register(what, number);
    print_value(&outcome, shows);
}

/* Old value to X2; all zeros or all ones, read back to X0; old value back. */
static void written(uint32_t number, uint64_t value) {
    uint32_t mrs = MRS | number << 5, msr = MSR | number << 5;
    uint32_t words[] = {mrs | 2, msr | 1, ISB, mrs | 0, msr | 2, ISB};
    struct outcome outcome;
    assemble(words, sizeof words / sizeof words[0]);
    run(&outcome, MASKED | EL1, 0, value);
    print_register(value ? "ones" : "zeros", number);
    print_value(&outcome, 1);
}

void registers(void) {
    uint32_t number;
    for (number = 0; number < 0x8000; number++) {
        struct outcome outcome;
        uint32_t word = MRS | number << 5;
        one("mrs", number, MASKED | EL1, word, !IN(moving, number));
        one("mrs-el0", number, MASKED | EL0, word, !IN(moving, number));
        assemble(&word, 1);
        run(&outcome, MASKED | EL1, 0, 0);
        if (!ended(&outcome) || IN(dangerous, number) || IN(moving, number)) continue;
        written(number, 0);
        written(number, ~0ul);
        one("msr-el0", number, MASKED | EL0, MSR | number << 5 | 31, 0);
    }
}
