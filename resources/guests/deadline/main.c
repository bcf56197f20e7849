// A task with a deadline in every millisecond, that counts what it misses. Bells that others ring wait until it has time for them.
#include "../rtos/rtos.h"
#include "../lib/pocketvisor.h"

enum { US = 1000, PERIOD_NS = 1000 * US, WORK_NS = 50 * US, DEADLINE_NS = 200 * US, REPORT_EVERY = 250, PIECE = 4, CHANNELS = 8, URGENT = 20 };

static struct {
    unsigned periods, missed, bells;
    uint64_t worst_start_ns, worst_end_ns;
} counts;

// A line goes out a few characters a period: all at once it would be more than the budget.
static char line[128];
static size_t sent, size;

static void format_line(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    size = format_text(line, sizeof line, format, arguments);
    va_end(arguments);
    sent = 0;
}

static void send_piece(void) {
    char piece[PIECE + 1] = {0};
    for (unsigned n = 0; n < PIECE && sent < size; n++) piece[n] = line[sent++];
    if (piece[0]) print("%s", piece);
}

static uint64_t later(uint64_t a, uint64_t b) { return a > b ? a : b; }

static void work(uint64_t begun) {
    while (now_ns() - begun < WORK_NS) {
        for (unsigned i = 0; i < 1000; i++) __asm__ volatile("");
    }
}

// Their interrupt is not enabled: whoever rings takes no time of ours.
static void take_bells(void) {
    for (unsigned capability = 0; capability < CHANNELS; capability++) {
        const struct pv_result bell = pv_call(PV_TAKE, capability, 0);
        if (bell.status != 0) break;
        if (bell.value[0] != 0) counts.bells++;
    }
}

static void run(void *argument) {
    (void)argument;
    for (uint64_t due = now_ns() + PERIOD_NS;; due += PERIOD_NS) {
        task_sleep_until(due);
        const uint64_t started = now_ns();
        work(started);
        take_bells();
        const uint64_t ended = now_ns();
        counts.periods++;
        if (ended - due > DEADLINE_NS) counts.missed++;
        counts.worst_start_ns = later(counts.worst_start_ns, started - due);
        counts.worst_end_ns = later(counts.worst_end_ns, ended - due);
        if (counts.periods % REPORT_EVERY == 0) {
            format_line("deadline: %u periods, %u missed, starts %lu ns late at worst, ends at %lu, %u bells\n", counts.periods, counts.missed,
                        counts.worst_start_ns, counts.worst_end_ns, counts.bells);
        }
        send_piece();
    }
}

void application(void) {
    static struct task task;
    TASK_STACK(stack, 4096);
    print("deadline: %u us in every %u\n", WORK_NS / US, PERIOD_NS / US);
    task_start(&task, "deadline", URGENT, run, 0, stack);
}
