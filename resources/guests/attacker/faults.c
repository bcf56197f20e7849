#include "attacker.h"

// Exception classes (DDI 0487 D19.2.37).
enum {
    EC_UNKNOWN = 0x00,
    EC_ILLEGAL_STATE = 0x0e,
    EC_SYSTEM_REGISTER = 0x18,
    EC_INSTRUCTION_ABORT = 0x21,
    EC_PC_ALIGNMENT = 0x22,
    EC_DATA_ABORT = 0x25,
    EC_SERROR = 0x2f,
};

static volatile enum outcome last;

void caught_nothing(void) { last = DONE; }
enum outcome caught(void) { return last; }

static enum outcome outcome_of(uint64_t class) {
    switch (class) {
        case EC_UNKNOWN: return UNDEFINED;
        case EC_SYSTEM_REGISTER: return TRAPPED;
        case EC_DATA_ABORT: return DATA_ABORT;
        case EC_INSTRUCTION_ABORT: return INSTRUCTION_ABORT;
        default: return OTHER_FAULT;
    }
}

extern const char text_start[], text_end[];

void on_fault(struct frame *frame) {
    const uint64_t class = read_sysreg(esr_el1) >> 26;
    last = outcome_of(class);
    // An SError is about nothing in particular.
    if (class == EC_SERROR) return;
    // SPSR.IL is how an illegal return shows; without it the next instruction is tried.
    if (class == EC_ILLEGAL_STATE) frame->spsr &= ~((uint64_t)1 << 20);
    // Behind what we did, or back from where we went.
    const bool at_home = frame->elr >= (uintptr_t)text_start && frame->elr < (uintptr_t)text_end && class != EC_PC_ALIGNMENT;
    frame->elr = at_home ? frame->elr + 4 : frame->x30;
}
