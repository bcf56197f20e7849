// Storms: software interrupts to everybody, timers that are always due. What comes is taken off, so that none comes for ever.
#include "attacker.h"

static const uintptr_t DISTRIBUTOR = 0x08000000, REDISTRIBUTOR_SGI = 0x080b0000;
enum { GICD_ICENABLER = 0x180, GICD_SGIR = 0xf00, SPURIOUS = 1020, SGIS = 16 };

static uint64_t seen;

uint64_t interrupts_seen(void) { return seen; }

static void enable_own(void) {
    for (uint32_t intid = 0; intid < SGIS; intid++) gic_enable(intid);
    gic_enable(TIMER_INTID);
}

void interrupts_start(void) {
    gic_init();
    enable_own();
}

void on_interrupt(struct frame *frame) {
    (void)frame;
    const uint32_t intid = gic_acknowledge();
    if (intid >= SPURIOUS) return;
    seen++;
    write_sysreg(cntv_ctl_el0, 0);
    if (intid >= SGIS && intid != TIMER_INTID) {
        const uintptr_t frame_base = intid < 32 && gic_version() == 3 ? REDISTRIBUTOR_SGI : DISTRIBUTOR;
        write32(frame_base + GICD_ICENABLER + intid / 32 * 4, 1u << intid % 32);
    }
    gic_end(intid);
}

void timer_soon(uint64_t ticks) {
    write_sysreg(cntv_cval_el0, read_sysreg(cntvct_el0) + ticks);
    write_sysreg(cntv_ctl_el0, 1);
    isb();
}

static void take(void) { __asm__ volatile("msr daifclr, #2\n isb\n msr daifset, #2" ::: "memory"); }

// Any register of the distributor and of redistributors, ours and others', and of where another version has its interface (IHI 0069 12.8 to 12.11).
enum outcome attack_distributor(void) {
    static const uintptr_t SIZE = 0x01000000;
    const uintptr_t at = DISTRIBUTOR + (one_in(2) ? random_below(0x10000) : one_in(2) ? 0xa0000 + random_below(0x80000) : random_below(SIZE));
    caught_nothing();
    switch (random_below(4)) {
        case 0: (void)read32(at & ~(uintptr_t)3); break;
        case 1: *(volatile uint8_t *)at = (uint8_t)random(); break;
        default: write32(at & ~(uintptr_t)3, (uint32_t)(one_in(2) ? random() : random() & random() & random()));
    }
    take();
    return caught();
}

enum outcome attack_interrupt(void) {
    caught_nothing();
    if (one_in(4)) {
        write_sysreg(cntv_cval_el0, one_in(2) ? 0 : random());
        write_sysreg(cntv_ctl_el0, 1);
    } else if (gic_version() == 2) {
        write32(DISTRIBUTOR + GICD_SGIR, (uint32_t)random());
    } else {
        // Anybody's affinity and any targets (IHI 0069 12.2.20 to 12.2.22), more often ourselves.
        const uint64_t value = one_in(2) ? random() : random_below(SGIS) << 24 | 1;
        switch (random_below(4)) {
            case 0: write_sysreg(S3_0_C12_C11_6, value); break; // ICC_ASGI1R_EL1
            case 1: write_sysreg(S3_0_C12_C11_7, value); break; // ICC_SGI0R_EL1
            default: write_sysreg(S3_0_C12_C11_5, value); break; // ICC_SGI1R_EL1
        }
    }
    take();
    return caught();
}
