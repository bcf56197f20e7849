/* PSCI and SMCCC by HVC, on a machine with one core (Arm DEN 0022, DEN 0028). */
#include "el1.h"

#define HVC 0xd4000002u
#define SMC 0xd4000003u

static const uint32_t functions[] = {
    0x84000000, /* PSCI_VERSION */
    0x84000003, 0xc4000003, /* CPU_ON */
    0x84000004, 0xc4000004, /* AFFINITY_INFO */
    0x84000005, 0xc4000005, /* MIGRATE */
    0x84000006, /* MIGRATE_INFO_TYPE */
    0x84000007, 0xc4000007, /* MIGRATE_INFO_UP_CPU */
    0x8400000a, /* PSCI_FEATURES */
    0x8400000b, 0x8400000c, 0xc400000c, 0x8400000d, 0xc400000d, 0x8400000f, 0x84000010, /* not SYSTEM_SUSPEND */
    0x84000011, 0x84000013, 0xc4000014, /* not SYSTEM_RESET2 */
    0x80000000, 0x80000001, /* SMCCC_VERSION, SMCCC_ARCH_FEATURES */
    0x00000000, 0xffffffff, 0xc6000000, 0x86000000,
};

void calls(void) {
    static const uint64_t arguments[] = {0, 1, 0x100, 0xffff, 0x84000003, 0x84000008, 0xc4000001, 0x84000002, 0x80000000, ~0ul};
    size_t i, j;
    for (i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        for (j = 0; j < sizeof arguments / sizeof arguments[0]; j++) {
            struct outcome outcome;
            uint32_t word = HVC;
            assemble(&word, 1);
            run(&outcome, MASKED | EL1, functions[i], arguments[j]);
            field("argument", arguments[j]);
            report(" hvc", functions[i], &outcome);
        }
    }
}
