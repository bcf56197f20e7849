/* What HCR_EL2, MDCR_EL2, CPTR_EL2 and CNTHCTL_EL2 trap of EL1 and EL0, and what comes before: random settings. */
#include "el2.h"

#define PASSES 40

struct entry {
    const char *name;
    /* MRS X2 and MSR from X0; a value that X0 may have. */
    const uint32_t *words;
    uint64_t (*value)(void);
};

#define REGISTER(reg)                                                                             \
    static uint64_t get_##reg(void) {                                                             \
        return READ(reg);                                                                         \
    }                                                                                             \
    asm(".pushsection .rodata\n\t.balign 4\nwords_" #reg ":\n\tmrs x2, " #reg "\n\tmsr " #reg     \
        ", x0\n\t.popsection");                                                                   \
    extern const uint32_t words_##reg[2];
#define ENTRY(reg) {#reg, words_##reg, get_##reg}

REGISTER(sctlr_el1)
REGISTER(ttbr0_el1)
REGISTER(ttbr1_el1)
REGISTER(tcr_el1)
REGISTER(esr_el1)
REGISTER(far_el1)
REGISTER(afsr0_el1)
REGISTER(afsr1_el1)
REGISTER(mair_el1)
REGISTER(amair_el1)
REGISTER(contextidr_el1)
REGISTER(actlr_el1)
REGISTER(cpacr_el1)
REGISTER(csselr_el1)
REGISTER(vbar_el1)
REGISTER(tpidr_el1)
REGISTER(cntkctl_el1)
REGISTER(cntp_ctl_el0)
REGISTER(cntp_cval_el0)
REGISTER(cntv_ctl_el0)
REGISTER(pmcr_el0)
REGISTER(pmcntenset_el0)
REGISTER(pmovsclr_el0)
REGISTER(pmselr_el0)
REGISTER(pmuserenr_el0)
REGISTER(pmintenset_el1)
REGISTER(pmevcntr0_el0)
REGISTER(pmevtyper0_el0)
REGISTER(pmccfiltr_el0)
REGISTER(mdscr_el1)
REGISTER(dbgbvr0_el1)
REGISTER(dbgbcr0_el1)
REGISTER(dbgwvr0_el1)
REGISTER(osdlr_el1)
REGISTER(fpcr)
REGISTER(tpidr_el0)
REGISTER(elr_el1)
REGISTER(par_el1)

static const struct entry entries[] = {
    ENTRY(sctlr_el1), ENTRY(ttbr0_el1), ENTRY(ttbr1_el1), ENTRY(tcr_el1), ENTRY(esr_el1), ENTRY(far_el1),
    ENTRY(afsr0_el1), ENTRY(afsr1_el1), ENTRY(mair_el1), ENTRY(amair_el1), ENTRY(contextidr_el1), ENTRY(actlr_el1),
    ENTRY(cpacr_el1), ENTRY(csselr_el1), ENTRY(vbar_el1), ENTRY(tpidr_el1), ENTRY(cntkctl_el1), ENTRY(cntp_ctl_el0),
    ENTRY(cntp_cval_el0), ENTRY(cntv_ctl_el0), ENTRY(pmcr_el0), ENTRY(pmcntenset_el0), ENTRY(pmovsclr_el0),
    ENTRY(pmselr_el0), ENTRY(pmuserenr_el0), ENTRY(pmintenset_el1), ENTRY(pmevcntr0_el0), ENTRY(pmevtyper0_el0),
    ENTRY(pmccfiltr_el0), ENTRY(mdscr_el1), ENTRY(dbgbvr0_el1), ENTRY(dbgbcr0_el1), ENTRY(dbgwvr0_el1),
    ENTRY(osdlr_el1), ENTRY(fpcr), ENTRY(tpidr_el0), ENTRY(elr_el1), ENTRY(par_el1),
};

static const uint32_t others[] = {
    0xd5380002, /* mrs x2, midr_el1 */
    0xd53800a2, /* mrs x2, mpidr_el1 */
    0xd53800c2, /* mrs x2, revidr_el1 */
    0xd53900e2, /* mrs x2, aidr_el1 */
    0xd5390022, /* mrs x2, clidr_el1 */
    0xd5390002, /* mrs x2, ccsidr_el1 */
    0xd53b0022, /* mrs x2, ctr_el0 */
    0xd53b00e2, /* mrs x2, dczid_el0 */
    0xd5380102, /* mrs x2, id_pfr0_el1 */
    0xd5380402, /* mrs x2, id_aa64pfr0_el1 */
    0xd5380702, /* mrs x2, id_aa64mmfr0_el1 */
    0xd5380502, /* mrs x2, id_aa64dfr0_el1 */
    0xd53803e2, /* mrs x2, mvfr of later */
    0xd53be042, /* mrs x2, cntvct_el0 */
    0xd53be022, /* mrs x2, cntpct_el0 */
    0xd53bd042, /* mrs x2, tpidr_el0 */
    0xd53c1102, /* mrs x2, hcr_el2 */
    0xd5300102, /* mrs x2, mdccsr... */
    0xd5301002, /* mrs x2, mdrar_el1 */
    0xd5301182, /* mrs x2, oslsr_el1 */
    0xd5087620, /* dc ivac, x0 */
    0xd5087640, /* dc isw, x0 */
    0xd5087a40, /* dc csw, x0 */
    0xd5087e40, /* dc cisw, x0 */
    0xd50b7a20, /* dc cvac, x0 */
    0xd50b7b20, /* dc cvau, x0 */
    0xd50b7e20, /* dc civac, x0 */
    0xd50b7420, /* dc zva, x0 */
    0xd508711f, /* ic ialluis */
    0xd508751f, /* ic iallu */
    0xd50b7520, /* ic ivau, x0 */
    0xd508871f, /* tlbi vmalle1 */
    0xd5088320, /* tlbi vae1is, x0 */
    0xd50887e0, /* tlbi vaale1, x0 */
    0xd5088740, /* tlbi aside1, x0 */
    0xd50c871f, /* tlbi alle2 */
    0xd5087800, /* at s1e1r, x0 */
    0xd4000003, /* smc #0 */
    0xd4000142, /* hvc #10 */
    0xd4000001, /* svc #0 */
    0xd4200000, /* brk #0 */
    0x00000000, /* udf */
    0x9e660000, /* fmov x0, d0 */
    0x3dc00000, /* ldr q0, [x0] */
    0xd61f0000, /* br x0 */
    0xb9400000, /* ldr w0, [x0] */
};

static uint64_t data[64] __attribute__((aligned(64)));

/* TID1-3, TSC, TACR, TSW, TPC, TPU, TTLB, TVM, TGE, TDZ, TRVM. */
#define HCR_BITS (0x7ul << 16 | 1ul << 19 | 0xful << 21 | 1ul << 25 | 1ul << 26 | 1ul << 28 | 1ul << 30)
#define TGE (1ul << 27)

static void run_one(const char *label, uint64_t number, uint32_t word, uint32_t level, uint64_t x0, uint64_t hcr) {
    struct outcome outcome;
    /* Sparse settings show one trap each, dense ones their order. */
    uint64_t mdcr = MDCR_NONE | (random64() & (chance(2) ? 0xf60ul : 0));
    uint64_t cptr = CPTR_NONE | (chance(2) ? random64() & 0x80000400ul : 0);
    uint64_t cnthctl = chance(2) ? below(4) : 3;
    uint64_t cntkctl = random64() & 0x303, cpacr = chance(2) ? 3ul << 20 : (uint64_t)below(4) << 20;
    uint64_t userenr = below(16), kept = READ(cntkctl_el1);
    assemble(&word, 1);
    WRITE(cpacr_el1, cpacr);
    WRITE(cntkctl_el1, cntkctl);
    WRITE(pmuserenr_el0, userenr);
    WRITE(mdcr_el2, mdcr);
    WRITE(cptr_el2, cptr);
    WRITE(cnthctl_el2, cnthctl);
    WRITE(hcr_el2, hcr);
    /* TGE turns the MMU of EL0 off. */
    asm volatile("tlbi alle1\n\tdsb ish\n\tisb" : : : "memory");
    run_at(&outcome, level, x0, 0);
    WRITE(hcr_el2, RW);
    asm volatile("tlbi alle1\n\tdsb ish\n\tisb" : : : "memory");
    WRITE(cptr_el2, CPTR_NONE);
    WRITE(mdcr_el2, MDCR_NONE);
    WRITE(cnthctl_el2, 3);
    WRITE(cpacr_el1, 3ul << 20);
    WRITE(cntkctl_el1, kept);
    WRITE(mdscr_el1, 0);
    WRITE(osdlr_el1, 0);
    WRITE(pmcr_el0, 0);
    WRITE(cntp_ctl_el0, 0);
    WRITE(cntv_ctl_el0, 0);
    print(label);
    field("el", level >> 2);
    field("hcr", hcr);
    field("mdcr", mdcr);
    field("cptr", cptr);
    field("cnthctl", cnthctl);
    field("cntkctl", cntkctl);
    field("cpacr", cpacr);
    field("userenr", userenr);
    tell(" word", number, &outcome);
}

static uint64_t random_hcr(uint32_t level) {
    uint64_t hcr = RW;
    if (chance(2))
        hcr |= random64() & HCR_BITS;
    else if (chance(2))
        hcr |= random64() & random64() & HCR_BITS;
    if (level == EL0 && chance(4))
        hcr |= TGE;
    return hcr;
}

void traps_el2(void) {
    size_t i;
    uint32_t pass;
    static const uint32_t wfi = 0xd503207f;
    struct outcome outcome;
    assemble(&wfi, 1);
    WRITE(hcr_el2, RW | 1ul << 13);
    run_at(&outcome, EL1, 0, 0);
    WRITE(hcr_el2, RW);
    tell("wfi", 1, &outcome);
    for (pass = 0; pass < PASSES; pass++) {
        for (i = 0; i < sizeof entries / sizeof entries[0]; i++) {
            uint32_t level = below(3) ? EL1 : EL0, write = below(2);
            run_one(entries[i].name, entries[i].words[write], entries[i].words[write], level, entries[i].value(), random_hcr(level));
        }
        for (i = 0; i < sizeof others / sizeof others[0]; i++) {
            uint32_t level = below(3) ? EL1 : EL0, word = others[i];
            uint64_t hcr = random_hcr(level);
            uint64_t address = (uint64_t)data + (level == EL0 && !(hcr & TGE) ? USER_ALIAS : 0);
            run_one("other", word, word, level, word == 0xd4000003 ? 0x84000000 : address, hcr);
        }
    }
}
