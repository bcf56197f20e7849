/* ERET with any SPSR, and the exceptions that instructions raise by themselves. */
#include "el1.h"

#define ERET 0xd69f03e0u
#define RETURNS 400

static const uint32_t raising[] = {
    0xd4000001, /* svc #0 */
    0xd41fffe1, /* svc #0xffff */
    0xd4000022, /* hvc at EL0; a PSCI call that is none at EL1 */
    0xd4000003, /* smc #0 */
    0xd4200000, /* brk #0 */
    0xd43fffe0, /* brk #0xffff */
    0xd4400000, /* hlt #0 */
    0xd4a00001, /* dcps1 */
    0x00000000, /* udf #0 */
    0xffffffff,
    0xd6bf03e0, /* drps */
    ERET,
    0xd50040bf, /* msr spsel, #0 */
    0xd5034fdf, /* msr daifset, #15 */
    0xd5034fff, /* msr daifclr, #15 */
    0xd53b4220, /* mrs x0, daif */
    0xd5384240, /* mrs x0, currentel */
    0xd5384200, /* mrs x0, spsel */
    0xd61f0000, /* br x0: misaligned */
    0xd50b7420, /* dc zva, x0 */
    0xd5087620, /* dc ivac, x0 */
    0xd508871f, /* tlbi vmalle1 */
    0xd5087800, /* at s1e1r, x0 */
    0xd5033fdf, /* isb */
};

void returns(void) {
    size_t i;
    struct outcome outcome;
    for (i = 0; i < sizeof raising / sizeof raising[0]; i++) {
        uint64_t level;
        for (level = 0; level < 2; level++) {
            if (level == 1 && raising[i] == ERET) continue;
            assemble(&raising[i], 1);
            run(&outcome, MASKED | (level ? EL1 : EL0), 0x4fffff02, 0);
            report(level ? "raise-el1" : "raise-el0", raising[i], &outcome);
        }
    }
    for (i = 0; i < RETURNS; i++) {
        /* AArch32 (M[4]) only where it is illegal: EL0 could go there. D stays masked, A, I and F may be clear. */
        uint32_t spsr = (uint32_t)random64() & 0xf03001cfu;
        uint32_t word = ERET;
        if (below(2))
            spsr = (spsr & ~15u) | (below(2) ? EL1 : below(2) ? 4 : 0);
        if (below(8) == 0)
            spsr |= 0x13;
        assemble(&word, 0);
        run(&outcome, spsr | 0x200, 0, 0);
        report("eret", spsr, &outcome);
    }
}
