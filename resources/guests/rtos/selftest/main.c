// What the kernel promises, one line each; the text is the same wherever it runs. The end is a fault, which must be told.
#include "selftest.h"

static char notes[128];
static size_t noted;
static unsigned failed;

void note(const char *text) {
    while (*text && noted + 1 < sizeof notes) notes[noted++] = *text++;
    notes[noted] = 0;
}

void check(const char *name, const char *expected) {
    const bool holds = equal(notes, expected);
    if (!holds) failed++;
    print("%-36s %s\n", name, holds ? "ok" : "FAILED");
    if (!holds) print("  is    %s\n  wants %s\n", notes, expected);
    noted = 0;
    notes[0] = 0;
}

void check_that(const char *name, bool holds) {
    if (!holds) note("no");
    check(name, "");
}

void spin(uint64_t ns) {
    const uint64_t end = now_ns() + ns;
    // The clock is looked at now and then: a read may cost more than all the rest.
    while (now_ns() < end) {
        for (unsigned i = 0; i < 2000; i++) __asm__ volatile("");
    }
}

TASK_STACK(stack0, 2048);
TASK_STACK(stack1, 2048);
TASK_STACK(stack2, 2048);

void start(unsigned number, const char *name, int priority, void (*entry)(void *)) {
    static struct task tasks[3];
    static char *const stacks[3] = {stack0, stack1, stack2};
    task_start_on(&tasks[number], name, priority, entry, 0, stacks[number], sizeof stack0);
}

static void overflow(void *argument) {
    volatile char big[4096];
    for (size_t i = sizeof big; i-- > 0;) big[i] = 1;
    (void)argument;
}

// Above the tasks of the tests, so that it starts them all before one runs.
static void run(void *argument) {
    (void)argument;
    print("rtos: self-test\n");
    test_tasks();
    test_mutexes();
    test_queues();
    test_timers();
    print(failed ? "rtos: %u FAILED\n" : "rtos: all passed\n", failed);
    print("now a stack overflows:\n");
    start(0, "overflow", CONTROL + 1, overflow);
}

void application(void) {
    static struct task control;
    TASK_STACK(stack, 4096);
    task_start(&control, "control", CONTROL, run, 0, stack);
}
