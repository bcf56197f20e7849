#include "system.h"
#include "../../hello/hello.h"
#include "calls.h"
#include "process.h"

enum { PAGE = 4096 };

static uint8_t *must_map(uint64_t size, int protection) {
    uint8_t *at = map(size, protection);
    must("mmap", (int64_t)at);
    // Huge pages would make few faults and few TLB entries of many.
    call(SYS_madvise, (uintptr_t)at, size, MADV_NOHUGEPAGE, 0);
    return at;
}

// The shortest system call: the kernel's entry and return, and little more.
static uint64_t system_calls(void) {
    enum { CALLS = 130000 };
    uint64_t sum = 0;
    for (int i = 0; i < CALLS; i++) sum += (uint64_t)call(SYS_getpid, 0, 0, 0, 0);
    return sum;
}

// A byte goes to another process and comes back: two context switches each.
static uint64_t pipes(void) {
    enum { ROUNDS = 8000 };
    int there[2], back[2];
    must("pipe2", call(SYS_pipe2, (uintptr_t)there, 0, 0, 0));
    must("pipe2", call(SYS_pipe2, (uintptr_t)back, 0, 0, 0));
    uint8_t byte = 0;
    const int64_t child = fork();
    if (child == 0) {
        for (int i = 0; i < ROUNDS; i++) {
            call(SYS_read, (uint64_t)there[0], (uintptr_t)&byte, 1, 0);
            byte = (uint8_t)(byte * 5 + 1);
            call(SYS_write, (uint64_t)back[1], (uintptr_t)&byte, 1, 0);
        }
        exit_process(0);
    }
    uint64_t sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
        must("write", call(SYS_write, (uint64_t)there[1], (uintptr_t)&byte, 1, 0));
        must("read", call(SYS_read, (uint64_t)back[0], (uintptr_t)&byte, 1, 0));
        sum = mix(sum, byte);
    }
    wait(child);
    return sum;
}

// Pages that are touched for the first time, and given back.
static uint64_t page_faults(void) {
    enum { PAGES = 2048, ROUNDS = 12 };
    uint64_t sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t *pages = must_map(PAGES * PAGE, PROT_READ | PROT_WRITE);
        for (int i = 0; i < PAGES; i++) pages[i * PAGE + round * 8] += (uint8_t)(i ^ round);
        for (int i = 0; i < PAGES; i++) sum += pages[i * PAGE + round * 8];
        must("munmap", call(SYS_munmap, (uintptr_t)pages, PAGES * PAGE, 0, 0));
    }
    return sum;
}

// A process that becomes another program, which ends at once.
static uint64_t exec(void) {
    enum { ROUNDS = 1000 };
    uint64_t sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        const char number[] = {(char)('0' + round / 10 % 10), (char)('0' + round % 10), 0};
        const char *arguments[] = {"/bench", "exit", number, 0};
        const int64_t child = fork();
        if (child == 0) {
            call(SYS_execve, (uintptr_t)arguments[0], (uintptr_t)arguments, (uintptr_t)&arguments[3], 0);
            exit_process(255);
        }
        sum += wait(child);
    }
    return sum;
}

// A word of each of 16384 pages, in an order that is not that of their addresses.
static uint64_t tlb_misses(void) {
    enum { PAGES = (64 << 20) / PAGE, STEP = 5171, ROUNDS = 400 };
    uint8_t *pages = must_map((uint64_t)PAGES * PAGE, PROT_READ | PROT_WRITE);
    for (uint32_t i = 0; i < PAGES; i++) *(uint32_t *)(pages + i * PAGE + i % 64 * 64) = i;
    uint64_t sum = 0;
    uint32_t page = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < PAGES; i++, page = (page + STEP) % PAGES) sum += *(uint32_t *)(pages + page * PAGE + page % 64 * 64);
    }
    return sum;
}

// A function that is written anew before each call (DDI 0487 B2.4.4: clean the data cache, invalidate the instruction cache).
static uint64_t self_modifying(void) {
    enum { ROUNDS = 200000 };
    uint32_t *code = (uint32_t *)must_map(PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
    uint64_t sum = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t *at = code + round % 8 * 64;
        at[0] = 0x52800000 | (round & 0xffff) << 5; // MOV W0, #round
        at[1] = 0xd65f03c0; // RET
        __asm__ volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb" ::"r"(at) : "memory");
        sum += ((uint64_t(*)(void))at)();
    }
    return sum;
}

// Virtio's modules are in the small system of `guests fetch`, which this program was added to.
static void load_modules(void) {
    static struct {
        char fields[6][65];
    } names;
    must("uname", call(SYS_uname, (uintptr_t)&names, 0, 0, 0));
    static char path[256], list[1024];
    size_t base = 0;
    for (const char *part = "/lib/modules/"; *part; part++) path[base++] = *part;
    for (const char *part = names.fields[2]; *part; part++) path[base++] = *part;
    path[base++] = '/';
    for (size_t i = 0; i <= 4; i++) path[base + i] = "load"[i];
    const int file = (int)must("the list of modules", open_file(path, O_RDONLY));
    const int64_t size = must("read", call(SYS_read, (uint64_t)file, (uintptr_t)list, sizeof list, 0));
    for (int64_t at = 0; at < size; at++) {
        size_t end = base;
        for (; at < size && list[at] > ' '; at++) path[end++] = list[at];
        if (end == base) continue;
        path[end] = 0;
        const int module = (int)must("a module", open_file(path, O_RDONLY));
        call(SYS_finit_module, (uint64_t)module, (uintptr_t) "", 0, 0);
        call(SYS_close, (uint64_t)module, 0, 0, 0);
    }
}

static int open_drive(void) {
    // The driver may need a moment to find it.
    for (int attempt = 0;; attempt++) {
        const int drive = open_file("/dev/vda", O_RDWR | O_DIRECT);
        if (drive >= 0) return drive;
        if (attempt == 100) give_up("/dev/vda", drive);
        const int64_t pause[2] = {0, 20000000};
        call(SYS_nanosleep, (uintptr_t)pause, 0, 0, 0);
    }
}

static int drive;

// The whole drive is written and read back, past the page cache, in pieces of 256 KiB.
static uint64_t block_device(void) {
    enum { PIECE = 256 << 10, PIECES = 128, ROUNDS = 20 };
    uint64_t *buffer = (uint64_t *)must_map(PIECE, PROT_READ | PROT_WRITE);
    uint64_t sum = 0;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        must("lseek", call(SYS_lseek, (uint64_t)drive, 0, 0, 0));
        for (uint64_t piece = 0; piece < PIECES; piece++) {
            for (uint64_t at = 0; at < PIECE / 8; at += 64) buffer[at] = mix(round + 1, piece << 32 | at);
            if (must("write", call(SYS_write, (uint64_t)drive, (uintptr_t)buffer, PIECE, 0)) != PIECE) give_up("a short write", 0);
        }
        must("lseek", call(SYS_lseek, (uint64_t)drive, 0, 0, 0));
        for (uint64_t piece = 0; piece < PIECES; piece++) {
            if (must("read", call(SYS_read, (uint64_t)drive, (uintptr_t)buffer, PIECE, 0)) != PIECE) give_up("a short read", 0);
            for (uint64_t at = 0; at < PIECE / 8; at += 64) sum = mix(sum, buffer[at]);
        }
    }
    return sum;
}

static void open_block_device(void) {
    load_modules();
    drive = open_drive();
}

const struct kernel system_workloads[] = {
    {"getpid", system_calls, 0},
    {"pipe", pipes, 0},
    {"fault", page_faults, 0},
    {"exec", exec, 0},
    {"tlb", tlb_misses, 0},
    {"self-modifying", self_modifying, 0},
    {"drive", block_device, open_block_device},
};
const size_t system_workload_count = array_length(system_workloads);
