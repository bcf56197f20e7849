// Linux's system calls (include/uapi/asm-generic/unistd.h); an answer below 0 is an errno.
#pragma once
#include <stdint.h>

enum {
    SYS_mount = 40,
    SYS_openat = 56,
    SYS_close = 57,
    SYS_pipe2 = 59,
    SYS_getdents64 = 61,
    SYS_lseek = 62,
    SYS_read = 63,
    SYS_write = 64,
    SYS_fsync = 82,
    SYS_exit_group = 94,
    SYS_nanosleep = 101,
    SYS_sched_setscheduler = 119,
    SYS_reboot = 142,
    SYS_uname = 160,
    SYS_getpid = 172,
    SYS_munmap = 215,
    SYS_clone = 220,
    SYS_execve = 221,
    SYS_mmap = 222,
    SYS_mlockall = 230,
    SYS_madvise = 233,
    SYS_wait4 = 260,
    SYS_finit_module = 273,
};

static inline int64_t call6(int64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f) {
    register int64_t x8 __asm__("x8") = number;
    register uint64_t x0 __asm__("x0") = a;
    register uint64_t x1 __asm__("x1") = b;
    register uint64_t x2 __asm__("x2") = c;
    register uint64_t x3 __asm__("x3") = d;
    register uint64_t x4 __asm__("x4") = e;
    register uint64_t x5 __asm__("x5") = f;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), "r"(x8) : "memory", "cc");
    return (int64_t)x0;
}

static inline int64_t call(int64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d) { return call6(number, a, b, c, d, 0, 0); }

enum { AT_FDCWD = -100, O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_DIRECT = 0x10000 };
static inline int open_file(const char *path, int flags) {
    return (int)call(SYS_openat, (uint64_t)AT_FDCWD, (uintptr_t)path, (uint64_t)flags, 0);
}

enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20, MADV_NOHUGEPAGE = 15 };
static inline uint8_t *map(uint64_t size, int protection) {
    return (uint8_t *)call6(SYS_mmap, 0, size, (uint64_t)protection, MAP_PRIVATE | MAP_ANONYMOUS, (uint64_t)-1, 0);
}
