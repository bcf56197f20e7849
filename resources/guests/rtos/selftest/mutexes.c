#include "selftest.h"

static struct mutex mutex, other;
static struct semaphore lock_without_owner;

// Low holds it when high wants it; middle has much to do meanwhile. Without inheritance middle is served before high.
static void low_holds(void *argument) {
    (void)argument;
    mutex_lock(&mutex, FOREVER);
    note("low has it, ");
    spin(4 * MS);
    note(task_current()->priority == HIGH ? "is urgent, " : "is not urgent, ");
    mutex_unlock(&mutex);
    note(task_current()->priority == LOW ? "low is done, " : "low is still urgent, ");
}

static void middle_works(void *argument) {
    (void)argument;
    task_sleep(2 * MS);
    spin(8 * MS);
    note("middle is done, ");
}

static void high_wants(void *argument) {
    (void)argument;
    task_sleep(1 * MS);
    mutex_lock(&mutex, FOREVER);
    note("high has it, ");
    mutex_unlock(&mutex);
}

static void low_takes(void *argument) {
    (void)argument;
    semaphore_take(&lock_without_owner, FOREVER);
    spin(4 * MS);
    semaphore_give(&lock_without_owner);
}

static void high_takes(void *argument) {
    (void)argument;
    task_sleep(1 * MS);
    semaphore_take(&lock_without_owner, FOREVER);
    note("high has it, ");
    semaphore_give(&lock_without_owner);
}

// High waits for middle, who waits for low.
static void middle_between(void *argument) {
    (void)argument;
    task_sleep(1 * MS);
    mutex_lock(&other, FOREVER);
    mutex_lock(&mutex, FOREVER);
    mutex_unlock(&mutex);
    mutex_unlock(&other);
    note("middle let go, ");
}

static void high_behind(void *argument) {
    (void)argument;
    task_sleep(2 * MS);
    mutex_lock(&other, FOREVER);
    note("high has it, ");
    mutex_unlock(&other);
}

static void high_gives_up(void *argument) {
    (void)argument;
    task_sleep(1 * MS);
    note(mutex_lock(&mutex, 1 * MS) ? "high has it, " : "high gave up, ");
}

static void low_calms(void *argument) {
    (void)argument;
    mutex_lock(&mutex, FOREVER);
    spin(4 * MS);
    note(task_current()->priority == LOW ? "low is calm" : "low is urgent");
    mutex_unlock(&mutex);
}

void test_mutexes(void) {
    start(0, "low", LOW, low_holds);
    start(1, "middle", MIDDLE, middle_works);
    start(2, "high", HIGH, high_wants);
    task_sleep(30 * MS);
    check("a mutex avoids priority inversion", "low has it, is urgent, high has it, middle is done, low is done, ");

    semaphore_give(&lock_without_owner);
    start(0, "low", LOW, low_takes);
    start(1, "middle", MIDDLE, middle_works);
    start(2, "high", HIGH, high_takes);
    task_sleep(30 * MS);
    check("a semaphore does not (control)", "middle is done, high has it, ");

    start(0, "low", LOW, low_holds);
    start(1, "middle", MIDDLE, middle_between);
    start(2, "high", HIGH, high_behind);
    task_sleep(30 * MS);
    check("inheritance passes through a chain", "low has it, is urgent, high has it, middle let go, low is done, ");

    start(0, "low", LOW, low_calms);
    start(2, "high", HIGH, high_gives_up);
    task_sleep(30 * MS);
    check("who gives up takes its urgency away", "high gave up, low is calm");
}
