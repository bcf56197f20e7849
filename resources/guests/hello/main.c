// A guest without an operating system: it shows that core, interrupts, timer and console work, and it is small enough to step through.
#include "hello.h"

static void banner(void) {
    print("\n" CYAN BOLD
          "   ___         _       _        _\n"
          "  | _ \\___  __| |_____| |___ __(_)___ ___ _ _\n"
          "  |  _/ _ \\/ _| / / -_)  _\\ V /| (_-</ _ \\ '_|\n"
          "  |_| \\___/\\__|_\\_\\___|\\__|\\_/ |_/__/\\___/_|\n" PLAIN "\n"
          "  Hello from bare metal: this guest runs without an operating system.\n\n");
    print_machine();
    print("\n  Type " BOLD "help" PLAIN " for the commands, Tab to complete them.\n\n");
}

void on_interrupt(struct frame *frame) {
    (void)frame;
    const uint32_t intid = gic_acknowledge();
    if (intid >= 1020) return; // spurious
    if (intid == TIMER_INTID) timer_interrupt();
    if (intid == UART_INTID) uart_interrupt();
    gic_end(intid);
}

void on_fault(struct frame *frame) {
    const uint64_t esr = read_sysreg(esr_el1);
    print(RED "\nexception" PLAIN " ESR_EL1 0x%08lx (class 0x%02lx), FAR_EL1 0x%lx, ELR_EL1 0x%lx\n", esr, esr >> 26, read_sysreg(far_el1), frame->elr);
    if (esr >> 26 != 0x25) {
        print("the guest stops here\n");
        for (;;) __asm__ volatile("wfi");
    }
    // A data abort of our own: what `fault` asked for. Go on behind the access.
    frame->elr += 4;
}

_Noreturn void kernel_main(void) {
    board_init();
    gic_init();
    uart_init();
    timer_init();
    __asm__ volatile("msr daifclr, #2" ::: "memory");
    banner();
    shell();
}
