#include "../rtos.h"
void application(void) {
    print("rtos: hello\n");
    const uint64_t t = now_ns();
    task_sleep(10000000);
    print("slept %s\n", now_ns() - t >= 10000000 ? "enough" : "too short");
    power_off();
}
