// PL011 (DDI 0183): output waits for room; input comes by interrupt into a queue.
#include "kernel.h"

enum { DR = 0, FR = 0x18, LCR_H = 0x2c, CR = 0x30, IMSC = 0x38, ICR = 0x44 };
enum { FR_RXFE = 1 << 4, FR_TXFF = 1 << 5, INT_RX = 1 << 4, INT_RT = 1 << 6 };

static uintptr_t uart; // 0: not yet
static char typed[64];
static struct queue input;
static struct mutex output;

static void put(char c) {
    while (read32(uart + FR) & FR_TXFF) {}
    write32(uart + DR, (uint8_t)c);
}

void console_write(const char *text, size_t size) {
    if (!uart) return;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n') put('\r');
        put(text[i]);
    }
}

// A call's text stays together; calls before tasks run and in handlers take no turns.
void print(const char *format, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    const size_t size = format_text(text, sizeof text, format, arguments);
    va_end(arguments);
    const bool in_task = read_sysreg(SPSel) == 0;
    if (in_task) mutex_lock(&output, FOREVER);
    console_write(text, size);
    if (in_task) mutex_unlock(&output);
}

static void interrupted(void *argument) {
    (void)argument;
    write32(uart + ICR, INT_RX | INT_RT);
    while (!(read32(uart + FR) & FR_RXFE)) {
        const char c = (char)read32(uart + DR);
        queue_send(&input, &c, 0); // what does not fit is lost, as on a real line
    }
}

void console_read_line(char *line, size_t size) {
    enum { BACKSPACE = 8, DELETE = 127 };
    for (size_t at = 0;;) {
        char c;
        queue_receive(&input, &c, FOREVER);
        if (c == '\r' || c == '\n') {
            print("\n");
            line[at] = 0;
            return;
        }
        if ((c == BACKSPACE || c == DELETE) && at > 0) {
            at--;
            print("\b \b");
        } else if (c >= ' ' && c < DELETE && at + 1 < size) {
            line[at++] = c;
            print("%c", c);
        }
    }
}

void console_init(void) {
    struct node chosen, node;
    struct range registers;
    struct interrupt interrupt;
    size_t bytes;
    const char *path = node_named("chosen", &chosen) ? node_property(&chosen, "stdout-path", &bytes) : 0;
    if (!(path && node_named(path, &node)) && !node_compatible_with("arm,pl011", &node)) panic("there is no console");
    if (!node_range(&node, 0, &registers) || !node_interrupt(&node, 0, &interrupt)) panic("the console has no registers");
    memory_map(registers, MEMORY_DEVICE);
    queue_init(&input, typed);
    uart = registers.base;
    write32(uart + CR, 0);
    write32(uart + LCR_H, 3 << 5 | 1 << 4); // 8 bits, FIFOs
    write32(uart + ICR, 0x7ff);
    write32(uart + IMSC, INT_RX | INT_RT);
    write32(uart + CR, 1 << 9 | 1 << 8 | 1); // receive, transmit, enable
    interrupt_connect(interrupt, interrupted, 0);
}
