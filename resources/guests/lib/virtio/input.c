#include "virtio.h"

enum { DEVICES = 4, EVENTS_QUEUE = 0 };

static struct keyboard {
    struct virtio device;
    struct virtqueue queue;
    struct input_event events[QUEUE_SIZE];
} keyboards[DEVICES];
static void (*heard_by)(struct input_event);

static void interrupted(void *argument) {
    struct keyboard *keyboard = argument;
    uint16_t number;
    virtio_acknowledge(&keyboard->device);
    while (virtqueue_take(&keyboard->queue, &number)) {
        const struct input_event event = keyboard->events[number];
        virtqueue_offer(&keyboard->queue, number);
        heard_by(event);
    }
    virtio_notify(&keyboard->device, EVENTS_QUEUE);
}

int input_start(void (*heard)(struct input_event)) {
    int count = 0;
    heard_by = heard;
    for (; count < DEVICES; count++) {
        struct keyboard *keyboard = &keyboards[count];
        if (!virtio_find(VIRTIO_INPUT, (unsigned)count, &keyboard->device)) break;
        virtio_begin(&keyboard->device);
        virtio_queue(&keyboard->device, EVENTS_QUEUE, &keyboard->queue);
        for (uint16_t n = 0; n < QUEUE_SIZE; n++) {
            keyboard->queue.descriptors[n].address = (uintptr_t)&keyboard->events[n];
            keyboard->queue.descriptors[n].length = sizeof(struct input_event);
            keyboard->queue.descriptors[n].flags = DESCRIPTOR_WRITE;
            virtqueue_offer(&keyboard->queue, n);
        }
        interrupt_connect(keyboard->device.interrupt, interrupted, keyboard);
        virtio_ready(&keyboard->device);
        virtio_notify(&keyboard->device, EVENTS_QUEUE);
    }
    return count;
}

void input_forget(void) {
    for (int device = 0; device < DEVICES; device++)
        for (int n = 0; n < QUEUE_SIZE; n++) *(volatile struct input_event *)&keyboards[device].events[n] = (struct input_event){0};
}
