#include "baseband.h"

enum { ID = 0, CONTROL = 4, INT_ENABLE = 8, INT_STATUS = 12, RX_DATA = 0x20, TX_DATA = 0x28, POWER = 0x38, ID_VALUE = 0x4d445431 };
enum { COUNT = 0, ACCEPT = 0x10, DONE = 0x14, DEADLINE = 0x18, COMPLETED = 0x20, MISSED = 0x24, LATE = 0x28, WORST_RELEASE = 0x34, WORST_RESPONSE = 0x3c };

static uintptr_t radio;
static struct semaphore happened[RADIO_SOURCES];
static uint32_t last[RADIO_SOURCES];

static uintptr_t registers_of(enum radio_source source) { return radio + 0x100 * (source + 1u); }

static void interrupted(void *argument) {
    (void)argument;
    const uint32_t sources = read32(radio + INT_STATUS);
    write32(radio + INT_STATUS, sources);
    for (unsigned source = 0; source < RADIO_SOURCES; source++) {
        if (sources >> source & 1) semaphore_give(&happened[source]);
    }
}

bool radio_init(void) {
    struct node node;
    struct range registers;
    struct interrupt interrupt;
    if (!node_compatible_with("pocketvisor,tdma-radio", &node)) return false;
    if (!node_range(&node, 0, &registers) || !node_interrupt(&node, 0, &interrupt)) return false;
    memory_map(registers, MEMORY_DEVICE);
    radio = registers.base;
    if (read32(radio + ID) != ID_VALUE) return false;
    interrupt_connect(interrupt, interrupted, 0);
    return true;
}

void radio_deadline(enum radio_source source, uint32_t ns) { write32(registers_of(source) + DEADLINE, ns); }

void radio_start(uint32_t sources) {
    write32(radio + INT_ENABLE, sources);
    write32(radio + CONTROL, sources);
}

uint32_t radio_wait(enum radio_source source) {
    uint32_t number;
    // After an event was missed, its semaphore may have been given for one that is known already.
    do {
        semaphore_take(&happened[source], FOREVER);
        number = read32(registers_of(source) + COUNT);
    } while (number == last[source]);
    write32(registers_of(source) + ACCEPT, number);
    return last[source] = number;
}

void radio_done(enum radio_source source, uint32_t number) { write32(registers_of(source) + DONE, number); }

void radio_statistics(enum radio_source source, struct radio_statistics *statistics) {
    const uintptr_t registers = registers_of(source);
    *statistics = (struct radio_statistics){
        .events = read32(registers + COUNT),
        .completed = read32(registers + COMPLETED),
        .missed = read32(registers + MISSED),
        .late = read32(registers + LATE),
        .worst_release_ns = read32(registers + WORST_RELEASE),
        .worst_response_ns = read32(registers + WORST_RESPONSE),
    };
}

uint32_t radio_receive(void) { return read32(radio + RX_DATA); }
void radio_send(uint32_t word) { write32(radio + TX_DATA, word); }
void radio_power(bool louder) { write32(radio + POWER, louder); }
