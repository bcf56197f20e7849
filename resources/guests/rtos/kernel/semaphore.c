#include "kernel.h"

bool semaphore_take(struct semaphore *semaphore, uint64_t timeout_ns) {
    const uint64_t state = kernel_enter();
    bool taken = semaphore->count > 0;
    if (taken) semaphore->count--;
    else if (timeout_ns > 0) taken = task_wait(&semaphore->waiters, timeout_ns);
    kernel_leave(state);
    return taken;
}

// To the most urgent waiter, past the count.
void semaphore_give(struct semaphore *semaphore) {
    const uint64_t state = kernel_enter();
    if (semaphore->waiters.first) task_wake(semaphore->waiters.first, true);
    else semaphore->count++;
    kernel_leave(state);
}
