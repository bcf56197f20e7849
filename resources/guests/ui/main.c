// A page at a time: keys go to it, and it is drawn after each, and when the minute or a call's state is another.
#include "../lib/virtio/virtio.h"
#include "ui.h"

static uint16_t waiting[16];
static struct queue keys;

static void heard(struct input_event input) {
    if (input.type == EV_KEY && input.value == 1) queue_send(&keys, &input.code, 0);
}

static const uint64_t MINUTE = 60000000000, LOOK = 100000000;

void application(void) {
    queue_init(&keys, waiting);
    const bool has_screen = gpu_start();
    const int keypads = input_start(heard);
    print("ui: %dx%d, %d keypads\n", picture.width, picture.height, keypads);
    if (!has_screen) panic("there is no screen");
    const struct page *page = &dialler;
    for (;;) {
        const enum call_state state = call_state();
        const uint64_t next = (now_ns() / MINUTE + 1) * MINUTE;
        uint16_t key = 0;
        frame_show(page);
        // While it rings somebody may answer; else only the clock moves.
        while (call_state() == state && now_ns() < next)
            if (queue_receive(&keys, &key, state == CALL_DIALLING ? LOOK : next - now_ns())) break;
        if (key) page = page->press(key);
    }
}
