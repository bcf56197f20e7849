// What applications see of the kernel: tasks of fixed priorities, what they wait for, time, interrupts, the device tree and the console.
// Times are in nanoseconds; whatever waits takes a timeout: 0 does not wait, FOREVER has no end.
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOREVER UINT64_MAX
#define array_length(array) (sizeof(array) / sizeof(array)[0])

// timer.c: calls of a function at a time, in interrupt context. Periods do not drift.
struct timer {
    void (*fire)(struct timer *);
    uint64_t due_ns, period_ns; // period 0: once
    struct timer *next;
    bool armed;
};
uint64_t now_ns(void);
void timer_start(struct timer *, uint64_t due_ns, uint64_t period_ns, void (*fire)(struct timer *));
void timer_stop(struct timer *);

// schedule.c: the ready task of the highest priority runs; among equals the one that was ready first. Priority 0 is the idle task's.
enum { PAGE_BYTES = 4096, MOST_PRIORITY = 31, MAIN_PRIORITY = 8 };
struct task_list {
    struct task *first;
};
struct task {
    struct context {
        uint64_t x[31], sp, pc, pstate;
    } context; // first: vectors.S
    const char *name;
    struct task *next;      // in the list below
    struct task_list *list; // ready, or waiting there; 0: it sleeps or has ended
    int priority, base_priority;
    struct mutex *held, *wanted;
    struct timer timeout;
    bool in_time; // how the last wait ended
    uint64_t busy_ticks;
};
// The lowest page of a stack is not mapped, so that an overflow is a fault and not a riddle.
#define TASK_STACK(name, bytes) static char name[PAGE_BYTES + (bytes)] __attribute__((aligned(PAGE_BYTES)))
#define task_start(task, name, priority, entry, argument, stack) \
    task_start_on(task, name, priority, entry, argument, stack, sizeof(stack))
void task_start_on(struct task *, const char *name, int priority, void (*entry)(void *), void *argument, char *stack, size_t bytes);
struct task *task_current(void);
void task_yield(void);
void task_sleep(uint64_t ns);
void task_sleep_until(uint64_t ns);
_Noreturn void task_exit(void);
// How long nobody had anything to do.
uint64_t idle_ns(void);

// mutex.c: its holder runs with the priority of the most urgent task that waits for it. Zeroed, it is free.
struct mutex {
    struct task *owner;
    struct task_list waiters;
    struct mutex *next_held;
};
bool mutex_lock(struct mutex *, uint64_t timeout_ns);
void mutex_unlock(struct mutex *);

// semaphore.c: interrupts may give. Zeroed, it is empty.
struct semaphore {
    unsigned count;
    struct task_list waiters;
};
bool semaphore_take(struct semaphore *, uint64_t timeout_ns);
void semaphore_give(struct semaphore *);

// queue.c: messages of one size, first in, first out. Interrupts may use it without waiting.
struct queue {
    struct semaphore items, room;
    char *storage;
    size_t item_bytes, capacity, head, tail;
};
#define queue_init(queue, items) queue_init_with(queue, items, sizeof(items)[0], array_length(items))
void queue_init_with(struct queue *, void *storage, size_t item_bytes, size_t capacity);
bool queue_send(struct queue *, const void *item, uint64_t timeout_ns);
bool queue_receive(struct queue *, void *item, uint64_t timeout_ns);

// device-tree.c: what the board has and where (Devicetree Specification 0.4).
struct node {
    const char *name;
    const uint32_t *properties;
    unsigned address_cells, size_cells; // its parent's
};
struct range {
    uintptr_t base, size;
};
struct interrupt {
    uint32_t intid;
    bool edge;
};
bool node_compatible_with(const char *compatible, struct node *);
// The same, of several the one with that number, from 0 on.
bool node_compatible_at(const char *compatible, unsigned number, struct node *);
// By a path, of which the last name counts.
bool node_named(const char *path, struct node *);
// The first that has this text as that property.
bool node_with(const char *property, const char *text, struct node *);
const void *node_property(const struct node *, const char *name, size_t *bytes);
bool node_range(const struct node *, unsigned index, struct range *);
bool node_interrupt(const struct node *, unsigned index, struct interrupt *);

// memory.c: makes a device's registers, or memory that is shared with others, accessible at their physical addresses.
enum memory_kind { MEMORY_CODE, MEMORY_CONSTANT, MEMORY_DATA, MEMORY_DEVICE };
void memory_map(struct range, enum memory_kind);
static inline uint32_t read32(uintptr_t address) { return *(volatile uint32_t *)address; }
static inline void write32(uintptr_t address, uint32_t value) { *(volatile uint32_t *)address = value; }

// interrupts.c: handlers run with interrupts masked, on a stack of their own; they may do whatever does not wait.
void interrupt_connect(struct interrupt, void (*handler)(void *), void *argument);
// Whether it comes; what was due meanwhile comes then.
void interrupt_enable(struct interrupt, bool enabled);

// console.c, text.c
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
size_t format_text(char *text, size_t size, const char *format, va_list);
void console_read_line(char *line, size_t size);
bool equal(const char *a, const char *b);
bool starts_with(const char *text, const char *prefix);
size_t length(const char *text);

// power.c
_Noreturn void power_off(void);
_Noreturn void panic(const char *reason);

// The application's: runs as the first task, with MAIN_PRIORITY.
void application(void);
