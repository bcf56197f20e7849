// Prints what the libraries make of their vectors; the number of frames of speech may be in /chosen/bootargs.
#include "../lib/metal/metal.h"
#include "vectors.h"

void on_interrupt(struct frame *frame) { (void)frame; }

void on_fault(struct frame *frame) {
    print("fault ESR_EL1 %lx FAR_EL1 %lx ELR_EL1 %lx\n", read_sysreg(esr_el1), read_sysreg(far_el1), frame->elr);
    end();
}

_Noreturn void kernel_main(void) {
    uart_start();
    board_init();
    mmu_on();
    homing_lines();
    cipher_lines();
    speech_lines(&our_codec, (int)parse_number(board.bootargs ? board.bootargs : "", 100));
    end();
}
