// virtio devices behind mmio (virtio 1.2 section 4.2) for guests on the RTOS: found by the device tree, driven without allocation.
#pragma once
#include "../../rtos/rtos.h"
#include "../picture/picture.h"

// --- transport.c: what every driver does ---

enum { VIRTIO_GPU = 16, VIRTIO_INPUT = 18 };
enum { QUEUE_SIZE = 16, DESCRIPTOR_NEXT = 1, DESCRIPTOR_WRITE = 2 };

struct virtio {
    uintptr_t base;
    struct interrupt interrupt;
};

// A split virtqueue (section 2.7); whoever uses it fills descriptors by itself.
struct virtqueue {
    struct {
        uint64_t address;
        uint32_t length;
        uint16_t flags, next;
    } descriptors[QUEUE_SIZE] __attribute__((aligned(16)));
    struct {
        uint16_t flags, index, ring[QUEUE_SIZE];
    } available;
    volatile struct {
        uint16_t flags, index;
        struct {
            uint32_t id, length;
        } ring[QUEUE_SIZE];
    } used __attribute__((aligned(4)));
    uint16_t seen;
};

// The device of that type and number among its like; false where there is none.
bool virtio_find(uint32_t type, unsigned number, struct virtio *);
// Resets it, and agrees on the features that every device of version 1 has.
void virtio_begin(const struct virtio *);
void virtio_queue(const struct virtio *, unsigned number, struct virtqueue *);
// From here on it works.
void virtio_ready(const struct virtio *);
void virtio_acknowledge(const struct virtio *);
// Gives the chain that begins with that descriptor to the device, which is told by virtio_notify.
void virtqueue_offer(struct virtqueue *, uint16_t descriptor);
void virtio_notify(const struct virtio *, unsigned number);
// A chain that the device is done with; false where there is none.
bool virtqueue_take(struct virtqueue *, uint16_t *descriptor);

// --- gpu.c: one screen (section 5.7) ---

// Shows `picture`, which is set to what the monitor prefers, as far as there is room for it. False where there is no screen.
bool gpu_start(void);
// Brings a part of the picture to the screen.
void gpu_show(struct rect);

// --- input.c: keyboards and touch screens (section 5.8) ---

enum { EV_SYN = 0, EV_KEY = 1, EV_ABS = 3, ABS_MT_SLOT = 0x2f, ABS_MT_POSITION_X = 0x35, ABS_MT_POSITION_Y, ABS_MT_TRACKING_ID = 0x39, ABS_MAX = 0x7fff };
struct input_event {
    uint16_t type, code;
    int32_t value;
};
// Answers how many there are. `heard` is called in interrupt context.
int input_start(void (*heard)(struct input_event));
// Nothing of what was typed is left in memory.
void input_forget(void);
