/*
 * A bare-metal guest that makes the accesses of a list and prints what each read. The cores take turns: an access is made by the core
 * that it names, after the one before it has been made. See probe.ts.
 */
typedef unsigned int u32;
typedef unsigned long u64;

struct access {
  u32 kind, core;
  u64 at, value;
};
enum { END, READ, WRITE, WRITE_BYTE, MRS, MSR };

static volatile struct access *const accesses = (void *)0x44000000;
static volatile u64 *const results = (void *)0x45000000;
static volatile u32 *const done = (void *)0x46000000;
static volatile u32 *const uart = (void *)0x09000000;

#define REGISTERS(X)                                                                                                                      \
  X(0, S3_0_C4_C6_0) X(1, S3_0_C12_C8_0) X(2, S3_0_C12_C8_1) X(3, S3_0_C12_C8_2) X(4, S3_0_C12_C8_3) X(5, S3_0_C12_C8_4)                 \
  X(6, S3_0_C12_C9_0) X(7, S3_0_C12_C11_1) X(8, S3_0_C12_C11_3) X(9, S3_0_C12_C11_5) X(10, S3_0_C12_C11_6) X(11, S3_0_C12_C11_7)         \
  X(12, S3_0_C12_C12_0) X(13, S3_0_C12_C12_1) X(14, S3_0_C12_C12_2) X(15, S3_0_C12_C12_3) X(16, S3_0_C12_C12_4)                          \
  X(17, S3_0_C12_C12_6) X(18, S3_0_C12_C12_7) X(19, S3_0_C12_C1_0) X(20, S3_3_C14_C3_1) X(21, S3_3_C14_C2_1) OF_EL2(X)
#ifdef EL2
#define OF_EL2(X)                                                                                                                         \
  X(22, S3_4_C12_C8_0) X(23, S3_4_C12_C9_0) X(24, S3_4_C12_C9_5) X(25, S3_4_C12_C11_0) X(26, S3_4_C12_C11_1) X(27, S3_4_C12_C11_2)        \
  X(28, S3_4_C12_C11_3) X(29, S3_4_C12_C11_5) X(30, S3_4_C12_C11_7) X(31, S3_4_C12_C12_0) X(32, S3_4_C12_C12_1)                          \
  X(33, S3_4_C12_C12_2) X(34, S3_4_C12_C12_3)
#define CALL "smc #0"
#else
#define OF_EL2(X)
#define CALL "hvc #0"
#endif
#define MRS_CASE(number, name) case number: __asm__ volatile("mrs %0, " #name : "=r"(value)); break;
#define MSR_CASE(number, name) case number: __asm__ volatile("msr " #name ", %0\n isb" ::"r"(value)); break;

static u64 mrs(u64 number) {
  u64 value = 0;
  switch (number) { REGISTERS(MRS_CASE) }
  return value;
}

static void msr(u64 number, u64 value) {
  switch (number) { REGISTERS(MSR_CASE) }
}

static void psci(u64 function, u64 core, void *entry) {
  register u64 x0 __asm__("x0") = function;
  register u64 x1 __asm__("x1") = core;
  register void *x2 __asm__("x2") = entry;
  __asm__ volatile(CALL : "+r"(x0), "+r"(x1), "+r"(x2)::"x3", "memory");
}

static void print(u64 value) {
  for (int shift = 60; shift >= 0; shift -= 4) *uart = "0123456789abcdef"[(value >> shift) & 15];
  *uart = '\n';
}

void start(void);

void run(u64 me) {
  if (me == 0)
    for (u32 core = 1; core < CORES; core++) psci(0xc4000003, core, start);
  u32 count = 0;
  for (; accesses[count].kind != END; count++) {
    if (accesses[count].core != me) continue;
    while (*done != count) __asm__ volatile("yield");
    const u64 at = accesses[count].at, value = accesses[count].value;
    u64 result = 0;
    switch (accesses[count].kind) {
      case READ: result = *(volatile u32 *)at; break;
      case WRITE: *(volatile u32 *)at = value; break;
      case WRITE_BYTE: *(volatile unsigned char *)at = value; break;
      case MRS: result = mrs(at); break;
      case MSR: msr(at, value); break;
    }
    results[count] = result;
    __asm__ volatile("dsb sy\n isb" ::: "memory");
    *done = count + 1;
  }
  if (me == 0) {
    while (*done != count) __asm__ volatile("yield");
    for (u32 at = 0; at < count; at++) print(results[at]);
    psci(0x84000008, 0, 0);
  }
  for (;;) __asm__ volatile("wfi");
}

/* Each core has 64 KiB of stack. */
__asm__(".section .text.start, \"ax\"\n"
        ".global start\n"
        "start: mrs x0, mpidr_el1\n"
        "  and x0, x0, #0xff\n"
        "  mov x1, #0x47000000\n"
        "  sub x1, x1, x0, lsl #16\n"
        "  mov sp, x1\n"
        "  b run\n");
