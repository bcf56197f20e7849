#include "virtio.h"

enum { MAGIC = 0, VERSION = 4, DEVICE_ID = 8, DRIVER_FEATURES = 0x20, DRIVER_FEATURES_SEL = 0x24, QUEUE_SEL = 0x30, QUEUE_NUM = 0x38 };
enum { QUEUE_READY = 0x44, QUEUE_NOTIFY = 0x50, INTERRUPT_STATUS = 0x60, INTERRUPT_ACK = 0x64, STATUS = 0x70 };
enum { QUEUE_DESC = 0x80, QUEUE_DRIVER = 0x90, QUEUE_DEVICE = 0xa0 };
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8, HIGH_FEATURES = 1, VERSION_1 = 1 };
static const uint32_t VIRT = 0x74726976;

static void barrier(void) { __asm__ volatile("dmb ish" ::: "memory"); }

bool virtio_find(uint32_t type, unsigned number, struct virtio *device) {
    struct node node;
    struct range registers;
    for (unsigned n = 0; node_compatible_at("virtio,mmio", n, &node); n++) {
        if (!node_range(&node, 0, &registers) || !node_interrupt(&node, 0, &device->interrupt)) continue;
        memory_map(registers, MEMORY_DEVICE);
        device->base = registers.base;
        if (read32(device->base + MAGIC) != VIRT || read32(device->base + VERSION) != 2) continue;
        if (read32(device->base + DEVICE_ID) == type && number-- == 0) return true;
    }
    return false;
}

void virtio_begin(const struct virtio *device) {
    write32(device->base + STATUS, 0);
    write32(device->base + STATUS, ACKNOWLEDGE | DRIVER);
    write32(device->base + DRIVER_FEATURES_SEL, HIGH_FEATURES);
    write32(device->base + DRIVER_FEATURES, VERSION_1);
    write32(device->base + STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
}

static void address(uintptr_t reg, const volatile void *pointer) {
    write32(reg, (uint32_t)(uintptr_t)pointer);
    write32(reg + 4, (uint32_t)((uintptr_t)pointer >> 32));
}

void virtio_queue(const struct virtio *device, unsigned number, struct virtqueue *queue) {
    write32(device->base + QUEUE_SEL, number);
    write32(device->base + QUEUE_NUM, QUEUE_SIZE);
    address(device->base + QUEUE_DESC, queue->descriptors);
    address(device->base + QUEUE_DRIVER, &queue->available);
    address(device->base + QUEUE_DEVICE, &queue->used);
    write32(device->base + QUEUE_READY, 1);
}

void virtio_ready(const struct virtio *device) { write32(device->base + STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK); }

void virtio_acknowledge(const struct virtio *device) { write32(device->base + INTERRUPT_ACK, read32(device->base + INTERRUPT_STATUS)); }

void virtqueue_offer(struct virtqueue *queue, uint16_t descriptor) {
    queue->available.ring[queue->available.index % QUEUE_SIZE] = descriptor;
    barrier();
    *(volatile uint16_t *)&queue->available.index = queue->available.index + 1;
    barrier();
}

void virtio_notify(const struct virtio *device, unsigned number) { write32(device->base + QUEUE_NOTIFY, number); }

bool virtqueue_take(struct virtqueue *queue, uint16_t *descriptor) {
    if (queue->seen == queue->used.index) return false;
    barrier();
    *descriptor = (uint16_t)queue->used.ring[queue->seen++ % QUEUE_SIZE].id;
    return true;
}
