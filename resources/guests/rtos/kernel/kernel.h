// What the parts of the kernel share.
#pragma once
#include "../rtos.h"

#define read_sysreg(name) ({ uint64_t value_; __asm__ volatile("mrs %0, " #name : "=r"(value_)::"memory"); value_; })
#define write_sysreg(name, value) __asm__ volatile("msr " #name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define isb() __asm__ volatile("isb" ::: "memory")

// image.ld: where the image lies.
extern char image_start[], text_end[], constants_end[], image_end[];

// Between these nothing else runs. The second one switches to a task that has become more urgent.
uint64_t kernel_enter(void);
void kernel_leave(uint64_t state);

void list_insert(struct task_list *, struct task *);
void list_remove(struct task *);
// The present task waits in a list until it is woken or the time is over; between kernel_enter and kernel_leave. Answers `in_time`.
bool task_wait(struct task_list *, uint64_t timeout_ns);
void task_wake(struct task *, bool in_time);
void task_set_priority(struct task *, int priority);
void mutex_waiter_left(struct mutex *);
_Noreturn void schedule_start(void);
struct task *schedule(void);

void device_tree_init(const void *blob);
struct range device_tree_range(void);
void memory_init(void);
void memory_unmap_page(uintptr_t address);
void gic_init(void);
void gic_connect(struct interrupt);
uint32_t gic_acknowledge(void);
void gic_end(uint32_t intid);
void timers_init(void);
uint64_t ticks_now(void);
uint64_t ns_of_ticks(uint64_t ticks);
void console_init(void);
void console_write(const char *text, size_t size);
