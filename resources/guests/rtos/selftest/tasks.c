#include "selftest.h"

static struct semaphore go;

static void low(void *argument) {
    (void)argument;
    note("l1 ");
    semaphore_give(&go); // high is ready now, and runs at once
    note("l2 ");
}

static void middle(void *argument) {
    (void)argument;
    note("m1 ");
    task_sleep(1 * MS);
    note("m2 ");
}

static void high(void *argument) {
    (void)argument;
    note("h1 ");
    semaphore_take(&go, FOREVER);
    note("h2 ");
}

static void turn(void *argument) {
    (void)argument;
    const char *name = task_current()->name;
    note(name);
    task_yield();
    note(name);
}

static void late(void *argument) {
    (void)argument;
    note(semaphore_take(&go, 2 * MS) ? "taken" : "timeout");
}

void test_tasks(void) {
    start(0, "low", LOW, low);
    start(1, "middle", MIDDLE, middle);
    start(2, "high", HIGH, high);
    task_sleep(10 * MS);
    check("the most urgent task runs", "h1 m1 l1 h2 l2 m2 ");

    start(0, "a", LOW, turn);
    start(1, "b", LOW, turn);
    start(2, "c", LOW, turn);
    task_sleep(10 * MS);
    check("equals take turns when they yield", "abcabc");

    start(0, "late", LOW, late);
    task_sleep(1 * MS);
    check("a wait goes on before its timeout", "");
    task_sleep(2 * MS);
    check("a wait ends with its timeout", "timeout");
}
