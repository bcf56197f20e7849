// Mutual exclusion with priority inheritance: L. Sha, R. Rajkumar, J. Lehoczky, Priority Inheritance Protocols (IEEE ToC 39/9, 1990), §III.
#include "kernel.h"

// The most urgent of the task's own priority and of those that wait for what it holds.
static void inherit(struct task *task) {
    int priority = task->base_priority;
    for (const struct mutex *mutex = task->held; mutex; mutex = mutex->next_held) {
        const struct task *waiter = mutex->waiters.first;
        if (waiter && waiter->priority > priority) priority = waiter->priority;
    }
    task_set_priority(task, priority);
}

// Its owner may wait for another one itself, and so on.
static void waiters_changed(struct mutex *mutex) {
    for (; mutex && mutex->owner; mutex = mutex->owner->wanted) inherit(mutex->owner);
}

static void take(struct mutex *mutex, struct task *task) {
    mutex->owner = task;
    mutex->next_held = task->held;
    task->held = mutex;
}

void mutex_waiter_left(struct mutex *mutex) { waiters_changed(mutex); }

bool mutex_lock(struct mutex *mutex, uint64_t timeout_ns) {
    const uint64_t state = kernel_enter();
    struct task *self = task_current();
    if (mutex->owner == self) panic("a task locks a mutex that it holds");
    bool locked = !mutex->owner;
    if (locked) {
        take(mutex, self);
    } else if (timeout_ns > 0) {
        self->wanted = mutex;
        // In the list first, so that the owner sees it.
        list_remove(self);
        list_insert(&mutex->waiters, self);
        waiters_changed(mutex);
        locked = task_wait(&mutex->waiters, timeout_ns);
    }
    kernel_leave(state);
    return locked;
}

// The most urgent waiter has it at once: nobody can come between.
void mutex_unlock(struct mutex *mutex) {
    const uint64_t state = kernel_enter();
    struct task *self = task_current();
    if (mutex->owner != self) panic("a task unlocks a mutex that it does not hold");
    struct mutex **at = &self->held;
    while (*at != mutex) at = &(*at)->next_held;
    *at = mutex->next_held;
    struct task *next = mutex->waiters.first;
    mutex->owner = 0;
    if (next) {
        task_wake(next, true);
        take(mutex, next);
        inherit(next);
    }
    inherit(self);
    kernel_leave(state);
}
