// The bare machine: MMU and caches on with a flat map, floating point on, one workload by the name in /chosen/bootargs, power off.
#include "../../hello/hello.h"
#include "../kernels/kernels.h"

static const uintptr_t UART = 0x09000000; // PL011 (DDI 0183)
enum { DR = 0, FR = 0x18, LCR_H = 0x2c, CR = 0x30, FR_TXFF = 1 << 5 };

void uart_write(char c) {
    if (c == '\n') uart_write('\r');
    while (read32(UART + FR) & FR_TXFF) {}
    write32(UART + DR, (uint8_t)c);
}

static void uart_start(void) {
    write32(UART + CR, 0);
    write32(UART + LCR_H, 3 << 5 | 1 << 4); // 8 bits, FIFOs
    write32(UART + CR, 1 << 8 | 1); // transmit, enable
}

// Level 1 of a 39-bit space with 4 KiB pages (DDI 0487 D8.3): blocks of 1 GiB.
static uint64_t blocks[512] __attribute__((aligned(4096)));
enum { BLOCK = 1, ACCESSED = 1 << 10, INNER_SHAREABLE = 3 << 8, MEMORY = 1 << 2 };
static const uint64_t NEVER_EXECUTED = (uint64_t)3 << 53;

static void mmu_on(void) {
    blocks[0] = BLOCK | ACCESSED | NEVER_EXECUTED; // devices, attribute 0
    for (uint64_t gigabyte = 1; gigabyte < 4; gigabyte++) blocks[gigabyte] = gigabyte << 30 | BLOCK | ACCESSED | INNER_SHAREABLE | MEMORY;
    write_sysreg(mair_el1, 0xff00); // 0: Device-nGnRnE, 1: Normal, write-back
    // T0SZ 25, walks write-back and inner shareable, TTBR1 off, addresses of 40 bits
    write_sysreg(tcr_el1, 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | (uint64_t)2 << 32);
    write_sysreg(ttbr0_el1, (uintptr_t)blocks);
    __asm__ volatile("dsb ish; tlbi vmalle1; dsb ish; isb" ::: "memory");
    write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) | 1 << 12 | 1 << 2 | 1); // I, C, M
    isb();
}

_Noreturn static void end(void) {
    power_off();
    for (;;) __asm__ volatile("wfi");
}

void on_interrupt(struct frame *frame) { (void)frame; }

void on_fault(struct frame *frame) {
    print("BENCH FAULT ESR_EL1 %016lx FAR_EL1 %016lx ELR_EL1 %016lx\n", read_sysreg(esr_el1), read_sysreg(far_el1), frame->elr);
    end();
}

_Noreturn void kernel_main(void) {
    write_sysreg(cpacr_el1, 3 << 20);
    isb();
    uart_start();
    board_init();
    mmu_on();
    const char *name = board.bootargs ? board.bootargs : "";
    const struct kernel *kernel = find_kernel(name);
    if (kernel) {
        run_kernel(kernel);
    } else {
        print("BENCH NAMES");
        list_kernels();
        print("\n");
    }
    end();
}
