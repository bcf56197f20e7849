// Exceptions that nobody wants: told on the console, and the end.
#include "kernel.h"

static const char *kind_of(uint64_t esr) {
    switch (esr >> 26) {
    case 0x00: return "unknown instruction";
    case 0x07: return "floating point, which is off";
    case 0x0e: return "illegal execution state";
    case 0x21: return "instruction abort";
    case 0x22: return "PC that is not aligned";
    case 0x25: return "data abort";
    case 0x26: return "SP that is not aligned";
    case 0x3c: return "breakpoint instruction";
    default: return "exception";
    }
}

// Addresses of the image are told from its start, so that they can be found in its ELF wherever it was loaded.
static void tell_address(const char *what, uint64_t address) {
    if (address >= (uint64_t)image_start && address < (uint64_t)image_end)
        print("%s image + 0x%lx", what, address - (uint64_t)image_start);
    else print("%s 0x%lx", what, address);
}

static _Noreturn void report(const char *who, uint64_t pc) {
    const uint64_t esr = read_sysreg(esr_el1), class = esr >> 26;
    print("\nfault in %s: %s (ESR_EL1 0x%lx)", who, kind_of(esr), esr);
    tell_address(", at", pc);
    if (class == 0x21 || class == 0x25) tell_address(", address", read_sysreg(far_el1));
    print("\n");
    power_off();
}

struct task *on_synchronous(void) {
    enum { SVC = 0x15 };
    if (read_sysreg(esr_el1) >> 26 == SVC) return schedule();
    const struct task *task = task_current();
    report(task->name, task->context.pc);
}

struct task *on_system_error(void) {
    print("\nsystem error");
    report(task_current()->name, task_current()->context.pc);
}

_Noreturn void on_kernel_fault(unsigned kind) {
    static const char *const kinds[] = {"the kernel", "the kernel (IRQ)", "the kernel (FIQ)", "the kernel (SError)", "EL0"};
    report(kinds[kind], read_sysreg(elr_el1));
}
