#include "hello.h"

static uint64_t ticks, interval;

void timer_init(void) {
    interval = read_sysreg(cntfrq_el0) / TICKS_PER_SECOND;
    write_sysreg(cntv_cval_el0, read_sysreg(cntvct_el0) + interval);
    write_sysreg(cntv_ctl_el0, 1);
    gic_enable(TIMER_INTID);
}

void timer_interrupt(void) {
    ticks++;
    // From the moment when it was due, not from now: ticks do not drift.
    write_sysreg(cntv_cval_el0, read_sysreg(cntv_cval_el0) + interval);
    isb();
}

uint64_t timer_ticks(void) { return *(volatile uint64_t *)&ticks; }

uint64_t micros(void) {
    isb();
    return read_sysreg(cntvct_el0) * 1000 / (read_sysreg(cntfrq_el0) / 1000);
}
