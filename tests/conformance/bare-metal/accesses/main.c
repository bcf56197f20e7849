/*
 * Accesses to system registers, from EL0, EL1 and EL2 under each of a list of settings: what each came to. Lists and settings are put into RAM
 * by whoever starts it (el2-accesses/sweep.ts), and answers are left there; where the list says so, they are printed as well.
 */
#include "../el2/el2.h"

struct setting {
    uint64_t hcr, mdcr, cptr, cnthctl, ich_hcr, hstr, sctlr, cpacr, cntkctl, pmuserenr, mdscr;
};
struct probe {
    uint64_t word, x0;
};
struct list {
    uint64_t prints, probes, settings;
};

#define LIST ((const struct list *)0x44000000)
#define SETTINGS ((const struct setting *)0x44000040)
#define PROBES ((const struct probe *)0x44100000)
#define SLOTS ((uint32_t *)0x44200000)
#define ANSWERS ((uint64_t *)0x48000000)

/* A place for each word, with what ends it: nothing is written while it runs. */
static void place(void) {
    uint64_t i;
    for (i = 0; i < LIST->probes; i++) {
        SLOTS[2 * i] = (uint32_t)PROBES[i].word;
        SLOTS[2 * i + 1] = END;
    }
    asm volatile("dsb ish\n\tic iallu\n\tdsb ish\n\tisb" : : : "memory");
}

#define SET(name, value) asm volatile("msr " #name ", %0" : : "r"((uint64_t)(value)))

static void apply(const struct setting *s) {
    SET(cptr_el2, s->cptr);
    SET(mdcr_el2, s->mdcr);
    SET(cnthctl_el2, s->cnthctl);
    SET(S3_4_C12_C11_0, s->ich_hcr); /* ICH_HCR_EL2 */
    SET(hstr_el2, s->hstr);
    SET(sctlr_el1, s->sctlr);
    SET(cpacr_el1, s->cpacr);
    SET(cntkctl_el1, s->cntkctl);
    SET(pmuserenr_el0, s->pmuserenr);
    SET(mdscr_el1, s->mdscr);
    WRITE(hcr_el2, s->hcr);
}

static const struct setting calm = {RW, MDCR_NONE, CPTR_NONE, 3, 0, 0, SCTLR_OFF, 3ul << 20, 0, 0, 0};

int main(void) {
    static const uint32_t levels[] = {EL0, EL1, EL2};
    const struct setting *s;
    uint64_t i, j, *answer = ANSWERS;
    place();
    for (s = SETTINGS; s < SETTINGS + LIST->settings; s++)
        for (i = 0; i < LIST->probes; i++)
            for (j = 0; j < 3; j++) {
                struct outcome outcome;
                uint64_t at = (uint64_t)&SLOTS[2 * i];
                apply(s);
                enter(&outcome, MASKED | levels[j], at, PROBES[i].x0, 0, (uint64_t)code);
                apply(&calm);
                *answer = outcome.vector << 48 | (uint64_t)(uint8_t)(outcome.elr - at) << 32 | (uint32_t)outcome.esr;
                if (LIST->prints) {
                    print_hex(*answer);
                    print("\n");
                }
                answer++;
            }
    print("done\n");
    return 0;
}
