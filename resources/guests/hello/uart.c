// PL011 (DDI 0183): output waits for room, input comes by interrupt into a ring.
#include "hello.h"

enum { DR = 0, FR = 0x18, LCR_H = 0x2c, CR = 0x30, IMSC = 0x38, ICR = 0x44 };
enum { FR_RXFE = 1 << 4, FR_TXFF = 1 << 5, INT_RX = 1 << 4, INT_RT = 1 << 6 };

static volatile char ring[256];
static volatile uint8_t head, tail;

void uart_init(void) {
    write32(board.uart + CR, 0);
    write32(board.uart + LCR_H, 3 << 5 | 1 << 4); // 8 bits, FIFOs
    write32(board.uart + ICR, 0x7ff);
    write32(board.uart + IMSC, INT_RX | INT_RT);
    write32(board.uart + CR, 1 << 9 | 1 << 8 | 1); // receive, transmit, enable
    gic_enable(UART_INTID);
}

void uart_interrupt(void) {
    write32(board.uart + ICR, INT_RX | INT_RT);
    while (!(read32(board.uart + FR) & FR_RXFE)) {
        const char c = (char)read32(board.uart + DR);
        // A full ring loses what comes last, as a real line would.
        if ((uint8_t)(head + 1) != tail) ring[head++] = c;
    }
}

void uart_write(char c) {
    if (c == '\n') uart_write('\r');
    while (read32(board.uart + FR) & FR_TXFF) {}
    write32(board.uart + DR, (uint8_t)c);
}

bool uart_has_input(void) { return head != tail; }

char uart_read(void) {
    while (!uart_has_input()) {
        // Interrupts are masked between the test and WFI, which wakes up all the same: none can slip between.
        __asm__ volatile("msr daifset, #2" ::: "memory");
        if (!uart_has_input()) __asm__ volatile("wfi" ::: "memory");
        __asm__ volatile("msr daifclr, #2" ::: "memory");
    }
    return ring[tail++];
}
