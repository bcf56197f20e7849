// PSCI (DEN 0022F §5.9), by the call that the device tree names.
#include "kernel.h"

long psci_hvc(uint64_t function);
long psci_smc(uint64_t function);

_Noreturn void power_off(void) {
    enum { SYSTEM_OFF = 0x84000008u };
    struct node node;
    size_t bytes;
    const char *method = node_compatible_with("arm,psci-0.2", &node) ? node_property(&node, "method", &bytes) : 0;
    kernel_enter();
    if (method && equal(method, "smc")) psci_smc(SYSTEM_OFF);
    else if (method) psci_hvc(SYSTEM_OFF);
    for (;;) __asm__ volatile("wfi");
}

_Noreturn void panic(const char *reason) {
    kernel_enter();
    console_write("\npanic: ", 8);
    console_write(reason, length(reason));
    console_write("\n", 1);
    power_off();
}
