#include "selftest.h"

static struct queue queue;
static char storage[3];

static void sender(void *argument) {
    (void)argument;
    for (const char *c = "abcdef"; *c; c++) queue_send(&queue, c, FOREVER);
    note("| sent ");
}

static void receiver(void *argument) {
    (void)argument;
    char text[2] = {0};
    while (queue_receive(&queue, text, 2 * MS)) note(text);
    note("| empty");
}

void test_queues(void) {
    queue_init(&queue, storage);
    start(0, "sender", HIGH, sender);
    task_sleep(1 * MS);
    const char extra = 'x';
    check_that("a full queue takes no more", !queue_send(&queue, &extra, 0) && !queue_send(&queue, &extra, 1 * MS));
    start(1, "receiver", LOW, receiver);
    task_sleep(10 * MS);
    check("a queue keeps the order", "ab| sent cdef| empty");
}
