/* Accesses from EL0 that SCTLR, CPACR, CNTKCTL, PMUSERENR and MDSCR let through or trap. */
#include "el1.h"

#define CASES 300

struct control {
    const char *name;
    void (*write)(uint64_t);
    uint64_t bits, fixed;
    const uint32_t *words;
    size_t count;
};

#define WORDS(list) list, sizeof list / sizeof list[0]

static void write_sctlr(uint64_t value) {
    WRITE(sctlr_el1, value);
}
static void write_cpacr(uint64_t value) {
    WRITE(cpacr_el1, value);
}
static void write_cntkctl(uint64_t value) {
    WRITE(cntkctl_el1, value);
}
static void write_pmuserenr(uint64_t value) {
    WRITE(pmuserenr_el0, value);
}
static void write_mdscr(uint64_t value) {
    WRITE(mdscr_el1, value);
}

#define SCTLR (0x30d00800ul | 1 | 1 << 2 | 1 << 12)
#define UMA (1ul << 9)
#define DZE (1ul << 14)
#define UCT (1ul << 15)
#define UCI (1ul << 26)
#define A (1ul << 1)

static const uint32_t cache[] = {
    0xd50b7b20, /* dc cvau, x0 */
    0xd50b7a20, /* dc cvac, x0 */
    0xd50b7e20, /* dc civac, x0 */
    0xd50b7520, /* ic ivau, x0 */
    0xd50b7420, /* dc zva, x0 */
    0xd53b0020, /* mrs x0, ctr_el0 */
    0xd53b00e0, /* mrs x0, dczid_el0 */
    0xd53b4220, /* mrs x0, daif */
    0xd51b4220, /* msr daif, x0 */
    0xd5034fdf, /* msr daifset, #15 */
    0xd50b7520,
    0xf9400000, /* ldr x0, [x0] */
    0xb8001000, /* stur w0, [x0] */
    0x08dffc00, /* ldarb w0, [x0] */
    0xc8dffc00, /* ldar x0, [x0] */
    0xc85f7c00, /* ldxr x0, [x0] */
    0xa9400400, /* ldp x0, x1, [x0] */
    0xf8400800, /* ldtr x0, [x0] */
};
static const uint32_t floating[] = {
    0x1e604000, /* fmov d0, d0 */
    0x9e660000, /* fmov x0, d0 */
    0x4ea01c00, /* mov v0.16b, v0.16b */
    0x3dc00000, /* ldr q0, [x0] */
    0x4c402000, /* ld1 {v0.16b - v3.16b}, [x0] */
    0xd53b4400, /* mrs x0, fpcr */
    0xd53b4420, /* mrs x0, fpsr */
    0x1e602000, /* fcmp d0, d0 */
    0x4e284800, /* aese v0.16b, v0.16b */
};
static const uint32_t timer[] = {
    0xd53be000, /* mrs x0, cntfrq_el0 */
    0xd53be021, /* mrs x1, cntpct_el0 */
    0xd53be041, /* mrs x1, cntvct_el0 */
    0xd53be220, /* mrs x0, cntp_ctl_el0 */
    0xd51be240, /* msr cntp_cval_el0, x0 */
    0xd53be201, /* mrs x1, cntp_tval_el0 */
    0xd53be320, /* mrs x0, cntv_ctl_el0 */
    0xd51be340, /* msr cntv_cval_el0, x0 */
    0xd53be301, /* mrs x1, cntv_tval_el0 */
};
static const uint32_t monitor[] = {
    0xd53b9c00, /* mrs x0, pmcr_el0 */
    0xd53b9c20, /* mrs x0, pmcntenset_el0 */
    0xd53b9c60, /* mrs x0, pmovsclr_el0 */
    0xd51b9c80, /* msr pmswinc_el0, x0 */
    0xd53b9ca0, /* mrs x0, pmselr_el0 */
    0xd53b9cc0, /* mrs x0, pmceid0_el0 */
    0xd53b9d01, /* mrs x1, pmccntr_el0 */
    0xd53b9d21, /* mrs x1, pmxevtyper_el0 */
    0xd53b9d41, /* mrs x1, pmxevcntr_el0 */
    0xd53b9e00, /* mrs x0, pmuserenr_el0 */
    0xd51b9e00, /* msr pmuserenr_el0, x0 */
    0xd53be801, /* mrs x1, pmevcntr0_el0 */
    0xd53bec01, /* mrs x1, pmevtyper0_el0 */
    0xd53befe1, /* mrs x1, pmccfiltr_el0 */
};
static const uint32_t channel[] = {
    0xd5330100, /* mrs x0, mdccsr_el0 */
    0xd5330500, /* mrs x0, dbgdtrrx_el0 */
};

static const struct control controls[] = {
    {"sctlr", write_sctlr, UMA | DZE | UCT | UCI | A, SCTLR, WORDS(cache)},
    {"cpacr", write_cpacr, 3ul << 20, 0, WORDS(floating)},
    {"cntkctl", write_cntkctl, 0x303, 0, WORDS(timer)},
    {"pmuserenr", write_pmuserenr, 0xf, 0, WORDS(monitor)},
    {"mdscr", write_mdscr, 1ul << 12, 0, WORDS(channel)},
};

static uint64_t data[64] __attribute__((aligned(64)));

/* WFI at EL0 with SCTLR_EL1.nTWI clear; where it is set the processor would wait for ever. */
static void waiting(void) {
    static const uint32_t wfi = 0xd503207f;
    struct outcome outcome;
    assemble(&wfi, 1);
    write_sctlr(SCTLR & ~(1ul << 16));
    run(&outcome, MASKED | EL0, 0, 0);
    write_sctlr(SCTLR);
    report("wfi", 0, &outcome);
}

void traps(void) {
    size_t i, j;
    waiting();
    for (i = 0; i < sizeof controls / sizeof controls[0]; i++) {
        const struct control *control = &controls[i];
        for (j = 0; j < CASES; j++) {
            struct outcome outcome;
            uint64_t value = control->fixed | (random64() & control->bits);
            uint32_t word = control->words[below((uint32_t)control->count)];
            uint32_t level = below(4) == 0 ? EL1 : EL0;
            uint64_t address = (uint64_t)data + below(32) + (level == EL0 ? USER_ALIAS : 0);
            assemble(&word, 1);
            control->write(value);
            run(&outcome, MASKED | level, address, 0);
            control->write(control->fixed | (control->bits & 3ul << 20));
            print(control->name);
            field("bits", value);
            field("el", level >> 2);
            report("", word, &outcome);
        }
    }
}
