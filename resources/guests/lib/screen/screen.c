#include "screen.h"

enum { TAKE = 0, FOREGROUND = 4, WIDTH = 8, HEIGHT = 12, STRIP_TOP = 16, STRIP_HEIGHT = 20, NAME = 32 };

static uintptr_t control; // 0: there is none
static void (*tell)(void);

static void interrupted(void *argument) {
    (void)argument;
    read32(control + FOREGROUND); // takes it down
    tell();
}

bool screen_start(void (*changed)(void)) {
    struct node node;
    struct range registers;
    struct interrupt interrupt;
    if (!node_compatible_with("pocketvisor,screen-control", &node)) return false;
    if (!node_range(&node, 0, &registers) || !node_interrupt(&node, 0, &interrupt)) return false;
    memory_map(registers, MEMORY_DEVICE);
    control = registers.base;
    tell = changed;
    interrupt_connect(interrupt, interrupted, 0);
    return true;
}

struct rect screen_strip(void) {
    if (!control) return (struct rect){0, 0, 0, 0};
    return (struct rect){0, (int)read32(control + STRIP_TOP), (int)read32(control + WIDTH), (int)read32(control + STRIP_HEIGHT)};
}

void screen_take(bool all) {
    if (control) write32(control + TAKE, all);
}

void screen_holder(char name[SCREEN_NAME]) {
    for (unsigned n = 0; n < SCREEN_NAME; n += 4) {
        const uint32_t word = control ? read32(control + NAME + n) : 0;
        for (unsigned byte = 0; byte < 4; byte++) name[n + byte] = (char)(word >> 8 * byte);
    }
    name[SCREEN_NAME - 1] = 0;
}
