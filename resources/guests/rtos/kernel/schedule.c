// Tasks and which of them runs. All lists are sorted by priority, so the first one of the ready list is the one that runs; the task that
// runs stays in it.
#include "kernel.h"

static struct task idle;
TASK_STACK(idle_stack, 1024);
static struct task_list ready = {&idle};
// The task whose registers an exception saves (vectors.S). It is no other than `ready.first`, but between a change and the switch.
struct task *current = &idle;
static uint64_t switched_at;

_Noreturn void start_with(struct task *);

// Behind those that are as urgent.
void list_insert(struct task_list *list, struct task *task) {
    struct task **at = &list->first;
    while (*at && (*at)->priority >= task->priority) at = &(*at)->next;
    task->next = *at;
    *at = task;
    task->list = list;
}

void list_remove(struct task *task) {
    struct task **at = task->list ? &task->list->first : 0;
    while (at && *at != task) at = &(*at)->next;
    if (at) *at = task->next;
    task->list = 0;
}

uint64_t kernel_enter(void) {
    const uint64_t state = read_sysreg(daif);
    __asm__ volatile("msr daifset, #2" ::: "memory");
    return state;
}

void kernel_leave(uint64_t state) {
    // An interrupt handler (on SP_ELx) ends with schedule() anyway.
    if (ready.first != current && read_sysreg(SPSel) == 0) __asm__ volatile("svc #0" ::: "memory");
    write_sysreg(daif, state);
}

// What exceptions end with.
struct task *schedule(void) {
    if (ready.first == current) return current;
    const uint64_t now = ticks_now();
    current->busy_ticks += now - switched_at;
    switched_at = now;
    return current = ready.first;
}

struct task *task_current(void) { return current; }

static void timed_out(struct timer *timer) {
    struct task *task = (struct task *)((char *)timer - offsetof(struct task, timeout));
    struct mutex *wanted = task->wanted;
    task_wake(task, false);
    if (wanted) mutex_waiter_left(wanted);
}

bool task_wait(struct task_list *list, uint64_t timeout_ns) {
    list_remove(current);
    if (list) list_insert(list, current);
    if (timeout_ns != FOREVER) timer_start(&current->timeout, now_ns() + timeout_ns, 0, timed_out);
    struct task *self = current;
    kernel_leave(read_sysreg(daif));
    return self->in_time;
}

void task_wake(struct task *task, bool in_time) {
    list_remove(task);
    timer_stop(&task->timeout);
    task->wanted = 0;
    task->in_time = in_time;
    list_insert(&ready, task);
}

void task_set_priority(struct task *task, int priority) {
    if (task->priority == priority) return;
    struct task_list *list = task->list;
    list_remove(task);
    task->priority = priority;
    if (list) list_insert(list, task);
}

void task_yield(void) {
    const uint64_t state = kernel_enter();
    list_remove(current);
    list_insert(&ready, current);
    kernel_leave(state);
}

void task_sleep(uint64_t ns) { task_sleep_until(now_ns() + ns); }

void task_sleep_until(uint64_t ns) {
    const uint64_t state = kernel_enter();
    const uint64_t now = now_ns();
    if (ns > now) task_wait(0, ns - now);
    kernel_leave(state);
}

_Noreturn void task_exit(void) {
    kernel_enter();
    if (current->held) panic("a task has ended that holds a mutex");
    list_remove(current);
    kernel_leave(0);
    __builtin_unreachable();
}

uint64_t idle_ns(void) { return ns_of_ticks(idle.busy_ticks); }

static void prepare(struct task *task, const char *name, int priority, void (*entry)(void *), void *argument, char *stack, size_t bytes) {
    *task = (struct task){.name = name, .priority = priority, .base_priority = priority};
    task->context.x[0] = (uint64_t)argument;
    task->context.x[30] = (uint64_t)task_exit;
    task->context.sp = (uint64_t)stack + (bytes & ~(size_t)15);
    task->context.pc = (uint64_t)entry;
    task->context.pstate = 4; // EL1t, nothing masked
    memory_unmap_page((uintptr_t)stack);
}

void task_start_on(struct task *task, const char *name, int priority, void (*entry)(void *), void *argument, char *stack, size_t bytes) {
    if (priority < 1 || priority > MOST_PRIORITY) panic("a task's priority is out of range");
    prepare(task, name, priority, entry, argument, stack, bytes);
    const uint64_t state = kernel_enter();
    list_insert(&ready, task);
    kernel_leave(state);
}

static void wait_for_interrupts(void *argument) {
    (void)argument;
    for (;;) __asm__ volatile("wfi" ::: "memory");
}

_Noreturn void schedule_start(void) {
    struct task *first = ready.first;
    prepare(&idle, "idle", 0, wait_for_interrupts, 0, idle_stack, sizeof idle_stack);
    idle.list = &ready;
    idle.next = 0;
    switched_at = ticks_now();
    start_with(current = first);
}
