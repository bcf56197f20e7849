// virtio-input (virtio 1.2 section 5.8) over virtio-mmio (section 4.2.2): one queue of each device, whose buffers go round.
#include "sketch.h"

static const uintptr_t FIRST_SLOT = 0x0a000000, SLOT_BYTES = 0x200;
enum { MAGIC = 0, VERSION = 4, DEVICE_ID = 8, DRIVER_FEATURES = 0x20, DRIVER_FEATURES_SEL = 0x24, QUEUE_SEL = 0x30, QUEUE_NUM = 0x38 };
enum { QUEUE_READY = 0x44, QUEUE_NOTIFY = 0x50, INTERRUPT_STATUS = 0x60, INTERRUPT_ACK = 0x64, STATUS = 0x70 };
enum { QUEUE_DESC = 0x80, QUEUE_DRIVER = 0x90, QUEUE_DEVICE = 0xa0 };
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };
enum { INPUT = 18, EVENTS = 32, WRITE = 2, DEVICES = 4 };
static const uint32_t VIRT = 0x74726976;

struct event { uint16_t type, code; int32_t value; };

static struct device {
    uintptr_t base;
    uint16_t seen;
    struct { uint64_t address; uint32_t length; uint16_t flags, next; } descriptors[EVENTS] __attribute__((aligned(16)));
    struct { uint16_t flags, index, ring[EVENTS]; } available;
    volatile struct { uint16_t flags, index; struct { uint32_t id, length; } ring[EVENTS]; } used __attribute__((aligned(4)));
    struct event events[EVENTS];
} devices[DEVICES];

static int count;
static uint8_t by_slot[INPUT_SLOTS];

static void address(uintptr_t reg, const volatile void *pointer) {
    write32(reg, (uint32_t)(uintptr_t)pointer);
    write32(reg + 4, (uint32_t)((uintptr_t)pointer >> 32));
}

static void start(struct device *device) {
    const uintptr_t base = device->base;
    write32(base + STATUS, 0);
    write32(base + STATUS, ACKNOWLEDGE | DRIVER);
    write32(base + DRIVER_FEATURES_SEL, 1);
    write32(base + DRIVER_FEATURES, 1); // VIRTIO_F_VERSION_1
    write32(base + STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
    write32(base + QUEUE_SEL, 0);
    write32(base + QUEUE_NUM, EVENTS);
    address(base + QUEUE_DESC, device->descriptors);
    address(base + QUEUE_DRIVER, &device->available);
    address(base + QUEUE_DEVICE, &device->used);
    for (int n = 0; n < EVENTS; n++) {
        device->descriptors[n].address = (uintptr_t)&device->events[n];
        device->descriptors[n].length = sizeof(struct event);
        device->descriptors[n].flags = WRITE;
        device->available.ring[n] = (uint16_t)n;
    }
    device->available.index = EVENTS;
    write32(base + QUEUE_READY, 1);
    write32(base + STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    write32(base + QUEUE_NOTIFY, 0);
}

int input_init(void) {
    for (uint32_t slot = 0; slot < INPUT_SLOTS && count < DEVICES; slot++) {
        const uintptr_t base = FIRST_SLOT + slot * SLOT_BYTES;
        if (read32(base + MAGIC) != VIRT || read32(base + VERSION) != 2 || read32(base + DEVICE_ID) != INPUT) continue;
        struct device *device = &devices[count++];
        device->base = base;
        by_slot[slot] = (uint8_t)count;
        start(device);
        gic_enable(INPUT_FIRST_INTID + slot);
    }
    return count;
}

void input_interrupt(uint32_t intid) {
    const uint8_t number = by_slot[intid - INPUT_FIRST_INTID];
    if (number == 0) return;
    struct device *device = &devices[number - 1];
    write32(device->base + INTERRUPT_ACK, read32(device->base + INTERRUPT_STATUS));
    while (device->seen != device->used.index) {
        const uint32_t id = device->used.ring[device->seen++ % EVENTS].id;
        const struct event event = device->events[id];
        device->available.ring[device->available.index % EVENTS] = (uint16_t)id;
        __asm__ volatile("dmb ish" ::: "memory");
        *(volatile uint16_t *)&device->available.index = device->available.index + 1;
        on_input(event.type, event.code, event.value);
    }
    write32(device->base + QUEUE_NOTIFY, 0);
}
