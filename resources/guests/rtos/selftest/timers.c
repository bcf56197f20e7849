#include "selftest.h"

static struct timer timer, second;
static struct semaphore fired;
static unsigned count;
static uint64_t begun, worst;

// How long after it was due.
static void tick(struct timer *self) {
    count++;
    const uint64_t due = begun + count * self->period_ns, now = now_ns();
    if (now < due) worst = FOREVER;
    else if (now - due > worst) worst = now - due;
    semaphore_give(&fired);
}

static void first_fires(struct timer *self) {
    (void)self;
    note("1");
}

static void second_fires(struct timer *self) {
    (void)self;
    note("2");
    timer_stop(&timer);
}

void test_timers(void) {
    enum { TICKS = 400 };
    begun = now_ns();
    timer_start(&timer, begun + 250 * US, 250 * US, tick);
    for (unsigned i = 0; i < TICKS; i++) semaphore_take(&fired, FOREVER);
    timer_stop(&timer);
    task_sleep(1 * MS);
    check_that("a timer stops", count == TICKS);
    check_that("400 ticks, 20 us off at most", worst <= 20 * US);

    const uint64_t now = now_ns();
    timer_start(&second, now + 2 * MS, 0, second_fires);
    timer_start(&timer, now + 500 * US, 1 * MS, first_fires);
    task_sleep(5 * MS);
    check("timers fire in order", "112");

    const uint64_t wake = now_ns() + 3 * MS;
    task_sleep_until(wake);
    const uint64_t woken = now_ns();
    check_that("a sleeper wakes in time", woken >= wake && woken - wake <= 20 * US);
    task_sleep_until(wake);
    check_that("the past is no sleep", now_ns() - woken < 1 * MS);
}
