// Fills all that it has with a secret, /chosen/bootargs, and looks for ever whether it is still there.
#include "victim.h"
#include "../lib/pocketvisor.h"

struct part {
    const char *name;
    uint64_t *from, *to, key;
};

enum { CHANNELS = 8, PARTS, PAUSE_NS = 20000000 };
static struct part parts[PARTS];
static unsigned part_count;

static void add(const char *name, uintptr_t from, uintptr_t size, uint64_t key) {
    parts[part_count++] = (struct part){name, (uint64_t *)from, (uint64_t *)(from + size), key};
}

extern char bss_start[], stack_top[];

// Memory behind ourselves, and channels that we may write to. What is in the first one may be read by everybody who has it.
static void find_parts(uint64_t secret) {
    const uintptr_t from = ((uintptr_t)stack_top + 4095) & ~(uintptr_t)4095;
    add("memory", from, board.memory_base + board.memory_size - from, secret);
    for (unsigned capability = 0; capability < CHANNELS; capability++) {
        const struct pv_result channel = pv_call(PV_MAP, capability, 0);
        if (channel.status != 0) break;
        if (channel.value[4] & 2) add("channel", channel.value[0], channel.value[1], capability == 0 ? ~secret : secret);
    }
}

static void fill(const struct part *part) {
    for (uint64_t *at = part->from; at < part->to; at++) *at = word_of(part->key, (uintptr_t)at);
}

static unsigned changed(const struct part *part) {
    unsigned count = 0;
    for (const volatile uint64_t *at = part->from; at < part->to; at++) count += *at != word_of(part->key, (uintptr_t)at);
    return count;
}

void on_fault(struct frame *frame) {
    print("victim: FAULT, ESR 0x%lx at 0x%lx\n", read_sysreg(esr_el1), frame->elr);
    end();
}

// None is enabled.
void on_interrupt(struct frame *frame) { on_fault(frame); }

static unsigned tell(const char *what, unsigned count) {
    if (count) print("victim: CHANGED %u of %s\n", count, what);
    return count;
}

_Noreturn void kernel_main(void) {
    uart_start();
    board_init();
    mmu_on();
    const uint64_t secret = parse_number(board.bootargs ? board.bootargs : "", 0x5ec2e7);
    find_parts(secret);
    for (unsigned n = 0; n < part_count; n++) fill(&parts[n]);
    registers_fill(secret);
    devices_fill(secret);
    // Where it is, for whoever looks from outside, and where we work.
    print("victim: works 0x%lx to 0x%lx\n", (uintptr_t)bss_start, (uintptr_t)stack_top);
    for (unsigned n = 0; n < part_count; n++) print("victim: %s 0x%lx to 0x%lx\n", parts[n].name, (uintptr_t)parts[n].from, (uintptr_t)parts[n].to);
    for (uint64_t round = 1;; round++) {
        unsigned count = tell("general registers", registers_hold(secret, 100000)) + tell("registers", registers_changed(secret));
        count += tell("devices", devices_changed(secret));
        for (unsigned n = 0; n < part_count; n++) count += tell(parts[n].name, changed(&parts[n]));
        // The core is others' in between, where we are in a cell.
        pv_call(PV_WAIT, PAUSE_NS, 0);
        if (count || (round & (round - 1)) == 0) print("victim: round %lu, %u changed\n", round, count);
    }
}
