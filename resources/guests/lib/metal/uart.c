// PL011 (DDI 0183), output only.
#include "metal.h"

static const uintptr_t UART = 0x09000000;
enum { DR = 0, FR = 0x18, LCR_H = 0x2c, CR = 0x30, FR_TXFF = 1 << 5 };

void uart_start(void) {
    write32(UART + CR, 0);
    write32(UART + LCR_H, 3 << 5 | 1 << 4); // 8 bits, FIFOs
    write32(UART + CR, 1 << 8 | 1); // transmit, enable
}

void uart_write(char c) {
    if (c == '\n') uart_write('\r');
    while (read32(UART + FR) & FR_TXFF) {}
    write32(UART + DR, (uint8_t)c);
}
