// The device tree (Devicetree Specification 0.4, chapter 5), PSCI (DEN 0022) and the PL031.
#include "hello.h"

enum { FDT_BEGIN_NODE = 1, FDT_END_NODE = 2, FDT_PROP = 3, FDT_NOP = 4 };
static const uint32_t FDT_MAGIC = 0xd00dfeed;
static const uintptr_t RAM_BASE = 0x40000000;
static const uintptr_t RTC = 0x09010000;

struct board board;
uint32_t boot_el __attribute__((section(".data")));

static uint32_t big32(uintptr_t at) { return __builtin_bswap32(*(const uint32_t *)at); }
static uint64_t big64(uintptr_t at) { return (uint64_t)big32(at) << 32 | big32(at + 4); }
static uintptr_t align4(uintptr_t at) { return (at + 3) & ~(uintptr_t)3; }

static void property(const char *node, const char *name, uintptr_t value, uint32_t size) {
    if (starts_with(node, "memory") && equal(name, "reg") && size >= 16) {
        board.memory_base = big64(value);
        board.memory_size = big64(value + 8);
    }
    if (equal(node, "chosen") && equal(name, "bootargs")) board.bootargs = (const char *)value;
    if (equal(node, "psci") && equal(name, "method")) board.psci = equal((const char *)value, "smc") ? PSCI_SMC : PSCI_HVC;
}

void board_init(void) {
    // An ELF is entered without an argument; the tree is at the start of RAM.
    if (big32(RAM_BASE) != FDT_MAGIC) return;
    uintptr_t at = RAM_BASE + big32(RAM_BASE + 8);
    const uintptr_t strings = RAM_BASE + big32(RAM_BASE + 12);
    const char *node = "";
    for (int depth = 0;;) {
        const uint32_t token = big32(at);
        at += 4;
        if (token == FDT_BEGIN_NODE) {
            if (++depth == 2) node = (const char *)at;
            at = align4(at + length((const char *)at) + 1);
        } else if (token == FDT_END_NODE) {
            depth--;
        } else if (token == FDT_PROP) {
            const uint32_t size = big32(at);
            if (depth == 2) property(node, (const char *)strings + big32(at + 4), at + 8, size);
            at = align4(at + 8 + size);
        } else if (token != FDT_NOP) {
            return;
        }
    }
}

long psci_hvc(uint64_t function);
long psci_smc(uint64_t function);

static void psci(uint64_t function) {
    if (board.psci == PSCI_NONE) {
        print("there is no PSCI on this machine\n");
        return;
    }
    const long result = board.psci == PSCI_SMC ? psci_smc(function) : psci_hvc(function);
    print(RED "PSCI refused: %d" PLAIN "\n", (int)result);
}

void power_off(void) { psci(0x84000008); }
void reboot(void) { psci(0x84000009); }

uint32_t rtc_seconds(void) { return read32(RTC); }
