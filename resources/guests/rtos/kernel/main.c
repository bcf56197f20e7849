#include "kernel.h"

static struct task main_task;
TASK_STACK(main_stack, 8192);

static void run_application(void *argument) {
    (void)argument;
    application();
}

_Noreturn void kernel_main(const void *device_tree) {
    device_tree_init(device_tree);
    memory_init();
    gic_init();
    console_init();
    timers_init();
    task_start(&main_task, "main", MAIN_PRIORITY, run_application, 0, main_stack);
    schedule_start();
}
