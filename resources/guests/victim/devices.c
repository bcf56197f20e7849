// Canaries in registers of devices that do nothing with them here: the console's divisor (DDI 0183), the clock's alarm (DDI 0224), priorities of
// interrupts that nothing raises (IHI 0069 12.9.20).
#include "victim.h"

struct canary {
    uintptr_t address;
    uint32_t mask;
};

static const struct canary canaries[] = {
    {0x09000024, 0xffff},     // UARTIBRD
    {0x09010004, 0xffffffff}, // RTCMR
    {0x08000400 + 200, 0xf8f8f8f8}, // GICD_IPRIORITYR50, where priorities have five bits
    {0x08000400 + 204, 0xf8f8f8f8},
};

static uint32_t value_of(const struct canary *canary, uint64_t secret) { return (uint32_t)(secret >> 8) & canary->mask; }

void devices_fill(uint64_t secret) {
    for (unsigned n = 0; n < array_length(canaries); n++) write32(canaries[n].address, value_of(&canaries[n], secret));
}

unsigned devices_changed(uint64_t secret) {
    unsigned count = 0;
    for (unsigned n = 0; n < array_length(canaries); n++) {
        count += (read32(canaries[n].address) & canaries[n].mask) != value_of(&canaries[n], secret);
    }
    return count;
}
