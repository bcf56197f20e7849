/* ERET from EL2 with any SPSR, and exceptions that instructions raise at EL2. */
#include "el2.h"

#define ERET 0xd69f03e0u
#define RETURNS 400

static const uint32_t raising[] = {
    0xd4000001, /* svc #0 */
    0xd4000022, /* hvc #1 */
    0xd41fffe2, /* hvc #0xffff */
    0xd4200000, /* brk #0 */
    0xd4400000, /* hlt #0 */
    0xd4a00002, /* dcps2 */
    0x00000000, /* udf #0 */
    0xd6bf03e0, /* drps */
    0xd61f0000, /* br x0: misaligned */
    0xd50c871f, /* tlbi alle2 */
    0xd50c8700, /* tlbi alle2 with a register */
    0xd50c879f, /* tlbi alle1 */
    0xd50c87df, /* tlbi vmalls12e1 */
    0xd50c8720, /* tlbi vae2, x0 */
    0xd50c8420, /* tlbi ipas2e1, x0 */
    0xd50c80a0, /* tlbi ipas2le1is, x0 */
    0xd50c7800, /* at s1e2r, x0 */
    0xd50c7880, /* at s12e1r, x0 */
    0xd50c1100 | 0x80000, /* nothing */
};

void returns_el2(void) {
    static const uint32_t levels[] = {EL0, EL1, EL2};
    size_t i, j;
    struct outcome outcome;
    for (i = 0; i < sizeof raising / sizeof raising[0]; i++) {
        for (j = 0; j < 3; j++) {
            /* DCPS2 at EL1 and below is QEMU's own. */
            assemble(&raising[i], 1);
            run_at(&outcome, levels[j], 0x4fffff02, 0);
            field("el", j);
            tell(" raise", raising[i], &outcome);
        }
    }
    for (i = 0; i < RETURNS; i++) {
        uint32_t spsr = (uint32_t)random64() & 0xf01001cfu, word = ERET;
        uint64_t hcr = RW | (chance(4) ? 1ul << 27 : 0);
        if (chance(2))
            spsr = (spsr & ~15u) | (chance(3) ? EL2 : chance(2) ? EL1 : chance(2) ? 4 : 0);
        if (chance(8))
            spsr |= 0x13;
        assemble(&word, 0);
        WRITE(hcr_el2, hcr);
        outcome.hpfar = 0;
        {
            uint64_t alias = (spsr & 15) == 0 && hcr == RW ? USER_ALIAS : 0;
            enter(&outcome, spsr | 0x200, (uint64_t)code + alias, 0, 0, (uint64_t)code + 2048);
        }
        WRITE(hcr_el2, RW);
        field("hcr", hcr);
        tell(" eret", spsr, &outcome);
    }
}
