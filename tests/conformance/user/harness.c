/*
 * Runs single instructions, or a few in a row, under qemu-aarch64 and tells what they did.
 *
 * stdin: the contents of the memory window, then records; stdout: an answer for each record (record.ts has the same layouts).
 * main enters by a BRK. From then on everything happens in the signal handler: it saves what the last record left in the
 * interrupted context and puts the next record there, so no code of ours runs with the registers of a record.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE_BASE 0x4000000000ul
#define CODE_SIZE 0x400000ul
#define WINDOW_BASE 0x4123456000ul
/* Two pages of the window, a page that is only read, and nothing mapped around them. */
#define WINDOW_SIZE 0x2000ul
#define READ_ONLY_SIZE 0x1000ul
#define WORDS 4
#define WRITTEN 64
#define BATCH 1024
#define BRK 0xd4200000u
#define ENTER 0xd4202460u /* BRK #0x123 */

struct state {
    uint64_t x[31], sp, pc;
    uint32_t nzcv, fpcr, fpsr, zero;
    uint64_t v[64];
};

struct record {
    uint32_t words[WORDS];
    struct state state;
};

struct answer {
    struct state state;
    uint32_t signal, code;
    uint64_t address;
    /* Where the window first differs from what it was, and the bytes from there. */
    uint64_t changed_at;
    uint8_t changed[WRITTEN];
};

_Static_assert(sizeof(struct record) == 808 && sizeof(struct answer) == 880, "record.ts has these sizes");

static uint8_t image[WINDOW_SIZE];
static struct record records[BATCH];
static struct answer answers[BATCH];
static volatile size_t count, current;
static ucontext_t origin;

static struct fpsimd_context *fpsimd(ucontext_t *context) {
    return (struct fpsimd_context *)context->uc_mcontext.__reserved;
}

static void save(struct answer *answer, const siginfo_t *info, ucontext_t *context) {
    struct fpsimd_context *fp = fpsimd(context);
    uint8_t *window = (uint8_t *)WINDOW_BASE;
    size_t at = 0, left;
    memcpy(answer->state.x, context->uc_mcontext.regs, sizeof answer->state.x);
    answer->state.sp = context->uc_mcontext.sp;
    answer->state.pc = context->uc_mcontext.pc;
    answer->state.nzcv = context->uc_mcontext.pstate & 0xf0000000u;
    answer->state.fpcr = fp->fpcr;
    answer->state.fpsr = fp->fpsr;
    memcpy(answer->state.v, fp->vregs, sizeof answer->state.v);
    answer->signal = info->si_signo;
    if (info->si_signo == SIGSEGV || info->si_signo == SIGBUS) {
        answer->code = info->si_code;
        answer->address = (uint64_t)info->si_addr;
    } else {
        answer->code = 0;
        answer->address = 0;
    }
    memset(answer->changed, 0, WRITTEN);
    if (memcmp(window, image, WINDOW_SIZE) != 0)
        while (window[at] == image[at])
            at++;
    else
        at = WINDOW_SIZE;
    answer->changed_at = at;
    left = WINDOW_SIZE - at;
    memcpy(answer->changed, window + at, left < WRITTEN ? left : WRITTEN);
    if (left > WRITTEN && memcmp(window + at + WRITTEN, image + at + WRITTEN, left - WRITTEN) != 0)
        answer->signal = ~0u;
}

static void load(const struct record *record, ucontext_t *context) {
    struct fpsimd_context *fp = fpsimd(context);
    uint32_t *code = (uint32_t *)record->state.pc;
    size_t i;
    for (i = 0; i < WORDS; i++)
        code[i] = record->words[i];
    __builtin___clear_cache((char *)code, (char *)(code + WORDS));
    memcpy((void *)WINDOW_BASE, image, WINDOW_SIZE);
    memcpy(context->uc_mcontext.regs, record->state.x, sizeof record->state.x);
    context->uc_mcontext.sp = record->state.sp;
    context->uc_mcontext.pc = record->state.pc;
    context->uc_mcontext.pstate = record->state.nzcv;
    fp->fpcr = record->state.fpcr;
    fp->fpsr = record->state.fpsr;
    memcpy(fp->vregs, record->state.v, sizeof record->state.v);
}

static void clear_code(const struct record *record) {
    uint32_t *code = (uint32_t *)record->state.pc;
    size_t i;
    for (i = 0; i < WORDS; i++)
        code[i] = BRK;
}

static void on_signal(int number, siginfo_t *info, void *opaque) {
    ucontext_t *context = opaque;
    if (count == 0) {
        /* main has a batch: its BRK brought us here. */
        uint32_t *pc = (uint32_t *)context->uc_mcontext.pc;
        if (number != SIGTRAP || *pc != ENTER)
            _exit(3);
        context->uc_mcontext.pc += 4;
        origin = *context;
        count = origin.uc_mcontext.regs[0];
        current = 0;
    } else {
        save(&answers[current], info, context);
        clear_code(&records[current]);
        current++;
    }
    if (current == count) {
        count = 0;
        memcpy(&context->uc_mcontext, &origin.uc_mcontext, sizeof origin.uc_mcontext);
        return;
    }
    load(&records[current], context);
}

static void enter(size_t batch) {
    register size_t x0 asm("x0") = batch;
    asm volatile("brk #0x123" : "+r"(x0) : : "memory");
}

static void map(uint64_t base, size_t size, int protection) {
    void *got = mmap((void *)base, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (got != (void *)base)
        _exit(4);
}

int main(void) {
    static const int signals[] = {SIGILL, SIGSEGV, SIGBUS, SIGTRAP};
    static uint8_t stack[1 << 16];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    size_t i, got;
    uint32_t *code = (uint32_t *)CODE_BASE;

    sigfillset(&action.sa_mask);
    sigaltstack(&alternate, 0);
    for (i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaction(signals[i], &action, 0);
    map(CODE_BASE, CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
    for (i = 0; i < CODE_SIZE / 4; i++)
        code[i] = BRK;
    map(WINDOW_BASE, WINDOW_SIZE, PROT_READ | PROT_WRITE);
    map(WINDOW_BASE + WINDOW_SIZE, READ_ONLY_SIZE, PROT_READ);
    if (fread(image, 1, WINDOW_SIZE, stdin) != WINDOW_SIZE)
        return 2;
    while ((got = fread(records, sizeof records[0], BATCH, stdin)) > 0) {
        enter(got);
        if (fwrite(answers, sizeof answers[0], got, stdout) != got)
            return 1;
    }
    return 0;
}
