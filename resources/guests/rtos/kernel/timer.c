// Time is the virtual counter's, and its timer is set for the next thing that is due: there is no tick.
#include "kernel.h"

static uint64_t frequency;
static struct timer *first;
static const uint64_t SECOND = 1000000000;

uint64_t ticks_now(void) {
    isb();
    return read_sysreg(cntvct_el0);
}

// Whole seconds apart, so that nothing overflows within centuries.
uint64_t ns_of_ticks(uint64_t ticks) { return ticks / frequency * SECOND + ticks % frequency * SECOND / frequency; }

uint64_t now_ns(void) { return ns_of_ticks(ticks_now()); }

// Up: now_ns() is not before `ns` when the counter is there.
static uint64_t ticks_at(uint64_t ns) { return ns / SECOND * frequency + (ns % SECOND * frequency + SECOND - 1) / SECOND; }

static void program(void) {
    if (first) write_sysreg(cntv_cval_el0, ticks_at(first->due_ns));
    write_sysreg(cntv_ctl_el0, first ? 1 : 0);
    isb();
}

static void insert(struct timer *timer) {
    struct timer **at = &first;
    while (*at && (*at)->due_ns <= timer->due_ns) at = &(*at)->next;
    timer->next = *at;
    *at = timer;
    timer->armed = true;
}

static void take_out(struct timer *timer) {
    struct timer **at = &first;
    while (*at != timer) at = &(*at)->next;
    *at = timer->next;
    timer->armed = false;
}

void timer_start(struct timer *timer, uint64_t due_ns, uint64_t period_ns, void (*fire)(struct timer *)) {
    const uint64_t state = kernel_enter();
    if (timer->armed) take_out(timer);
    timer->fire = fire;
    timer->due_ns = due_ns;
    timer->period_ns = period_ns;
    insert(timer);
    if (first == timer) program();
    kernel_leave(state);
}

void timer_stop(struct timer *timer) {
    const uint64_t state = kernel_enter();
    if (timer->armed) {
        const bool was_first = first == timer;
        take_out(timer);
        if (was_first) program();
    }
    kernel_leave(state);
}

static void interrupted(void *argument) {
    (void)argument;
    const uint64_t now = now_ns();
    while (first && first->due_ns <= now) {
        struct timer *timer = first;
        take_out(timer);
        if (timer->period_ns) {
            timer->due_ns += timer->period_ns; // from when it was due, not from now
            insert(timer);
        }
        timer->fire(timer);
    }
    program();
}

void timers_init(void) {
    enum { VIRTUAL = 2 }; // Linux: bindings/timer/arm,arch_timer.yaml
    struct node node;
    struct interrupt interrupt;
    if (!node_compatible_with("arm,armv8-timer", &node) || !node_interrupt(&node, VIRTUAL, &interrupt)) panic("there is no timer");
    frequency = read_sysreg(cntfrq_el0);
    write_sysreg(cntv_ctl_el0, 0);
    interrupt_connect(interrupt, interrupted, 0);
}
