#include "kernel.h"

enum { MOST_HANDLERS = 16, SPURIOUS = 1020 };
static struct {
    uint32_t intid;
    void (*handler)(void *);
    void *argument;
} connected[MOST_HANDLERS];
static unsigned count;

void interrupt_connect(struct interrupt interrupt, void (*handler)(void *), void *argument) {
    if (count == MOST_HANDLERS) panic("there are too many interrupts");
    connected[count].intid = interrupt.intid;
    connected[count].handler = handler;
    connected[count].argument = argument;
    count++;
    gic_connect(interrupt);
}

// What is pending besides comes at once after this one.
struct task *on_interrupt(void) {
    const uint32_t intid = gic_acknowledge();
    if (intid >= SPURIOUS) return schedule();
    for (unsigned i = 0; i < count; i++) {
        if (connected[i].intid == intid) connected[i].handler(connected[i].argument);
    }
    gic_end(intid);
    return schedule();
}
