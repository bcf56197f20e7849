// The bare machine: MMU and caches on with a flat map, floating point on, one workload by the name in /chosen/bootargs, power off.
#include "../../lib/metal/metal.h"
#include "../kernels/kernels.h"

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
