// The device tree (Devicetree Specification 0.4, chapter 5), PSCI (DEN 0022) and the PL031.
#include "hello.h"

enum { FDT_BEGIN_NODE = 1, FDT_END_NODE = 2, FDT_PROP = 3, FDT_NOP = 4 };
static const uint32_t FDT_MAGIC = 0xd00dfeed;
static const uintptr_t RAM_BASE = 0x40000000;

// Until a device tree says more: QEMU's virt.
struct board board = {
    .distributor = 0x08000000,
    .cpu_interface = 0x08010000,
    .redistributor = 0x080a0000,
    .uart = 0x09000000,
    .uart_intid = 33,
    .rtc = 0x09010000,
};
uint32_t boot_el __attribute__((section(".data")));
uintptr_t boot_tree __attribute__((section(".data")));

// A node below the root, as far as it matters here; 0: it has no such property.
struct node {
    const char *name, *compatible, *status;
    uintptr_t reg, interrupts;
    uint32_t compatible_size;
};

static uint32_t big32(uintptr_t at) { return __builtin_bswap32(*(const uint32_t *)at); }
static uint64_t big64(uintptr_t at) { return (uint64_t)big32(at) << 32 | big32(at + 4); }
static uintptr_t align4(uintptr_t at) { return (at + 3) & ~(uintptr_t)3; }

static void property(struct node *node, const char *name, uintptr_t value, uint32_t size) {
    if (equal(name, "compatible")) node->compatible = (const char *)value, node->compatible_size = size;
    if (equal(name, "status")) node->status = (const char *)value;
    if (equal(name, "reg") && size >= 16) node->reg = value;
    if (equal(name, "interrupts") && size >= 12) node->interrupts = value;
    if (equal(node->name, "chosen") && equal(name, "bootargs")) board.bootargs = (const char *)value;
    if (equal(node->name, "psci") && equal(name, "method"))
        board.psci = equal((const char *)value, "smc") ? PSCI_SMC : PSCI_HVC;
}

static bool is_compatible(const struct node *node, const char *wanted) {
    if (!node->compatible || !node->reg || (node->status && !equal(node->status, "okay"))) return false;
    const char *end = node->compatible + node->compatible_size;
    for (const char *each = node->compatible; each < end; each += length(each) + 1) {
        if (equal(each, wanted)) return true;
    }
    return false;
}

// All of a node is known: what it is to us. Addresses and sizes have two words each, as everywhere below a root of ours and of QEMU's.
static void take(const struct node *node) {
    if (starts_with(node->name, "memory") && node->reg) {
        board.memory_base = big64(node->reg);
        board.memory_size = big64(node->reg + 8);
    } else if (is_compatible(node, "arm,gic-v3")) {
        board.distributor = big64(node->reg);
        board.redistributor = big64(node->reg + 16);
    } else if (is_compatible(node, "arm,cortex-a15-gic")) {
        board.distributor = big64(node->reg);
        board.cpu_interface = big64(node->reg + 16);
    } else if (is_compatible(node, "arm,pl011") && node->interrupts) {
        board.uart = big64(node->reg);
        board.uart_intid = big32(node->interrupts + 4) + 32;
    } else if (is_compatible(node, "arm,pl031")) {
        board.rtc = big64(node->reg);
    }
}

void board_init(void) {
    // The boot protocol of Linux hands the tree over; an ELF may be entered without: then it is at the start of RAM.
    const uintptr_t tree = boot_tree ? boot_tree : RAM_BASE;
    if (big32(tree) != FDT_MAGIC) return;
    uintptr_t at = tree + big32(tree + 8);
    const uintptr_t strings = tree + big32(tree + 12);
    struct node node = {0};
    for (int depth = 0;;) {
        const uint32_t token = big32(at);
        at += 4;
        if (token == FDT_BEGIN_NODE) {
            if (++depth == 2) node = (struct node){.name = (const char *)at};
            at = align4(at + length((const char *)at) + 1);
        } else if (token == FDT_END_NODE) {
            if (depth-- == 2) take(&node);
        } else if (token == FDT_PROP) {
            const uint32_t size = big32(at);
            if (depth == 2) property(&node, (const char *)strings + big32(at + 4), at + 8, size);
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

uint32_t rtc_seconds(void) { return read32(board.rtc); }
