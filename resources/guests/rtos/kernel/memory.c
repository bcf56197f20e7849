// Stage 1 translation (DDI 0487 D8): 39 bits, 4 KiB pages, addresses equal on both sides. Mapped is what is used and nothing else, each part
// with the rights that it needs.
#include "kernel.h"

enum { TABLES = 24, ENTRIES = 512, TOP_LEVEL = 1, PAGE_LEVEL = 3, ADDRESS_BITS = 39 };
// Descriptors: D8.3.1. Table and page share bit 1.
#define VALID_TABLE 3ull
#define ACCESS_FLAG (1ull << 10)
#define INNER_SHAREABLE (3ull << 8)
#define READ_ONLY (1ull << 7)
#define NEVER_EXECUTE (3ull << 53)
#define ADDRESS 0x0000fffffffff000ull
// Indices of MAIR_EL1: Device-nGnRE, and Normal write-back.
enum { DEVICE = 0, NORMAL = 1 };
static const uint64_t MAIR = 0x04 | 0xff << 8;

static const uint64_t attributes[] = {
    [MEMORY_CODE] = NORMAL << 2 | INNER_SHAREABLE | READ_ONLY,
    [MEMORY_CONSTANT] = NORMAL << 2 | INNER_SHAREABLE | READ_ONLY | NEVER_EXECUTE,
    [MEMORY_DATA] = NORMAL << 2 | INNER_SHAREABLE | NEVER_EXECUTE,
    [MEMORY_DEVICE] = DEVICE << 2 | NEVER_EXECUTE,
};

static uint64_t tables[TABLES][ENTRIES] __attribute__((aligned(PAGE_BYTES)));
static unsigned used = 1; // the first is the root

static uint64_t *descriptor(uintptr_t address) {
    if (address >> ADDRESS_BITS) panic("an address is beyond what can be mapped");
    uint64_t *table = tables[0];
    for (int level = TOP_LEVEL;; level++) {
        uint64_t *entry = &table[address >> (39 - 9 * level) & (ENTRIES - 1)];
        if (level == PAGE_LEVEL) return entry;
        if (!*entry) {
            if (used == TABLES) panic("there are too many tables of pages");
            *entry = (uintptr_t)tables[used++] | VALID_TABLE;
        }
        table = (uint64_t *)(*entry & ADDRESS);
    }
}

void memory_map(struct range range, enum memory_kind kind) {
    const uint64_t state = kernel_enter();
    const uintptr_t end = range.base + range.size;
    for (uintptr_t page = range.base & ~(uintptr_t)(PAGE_BYTES - 1); page < end; page += PAGE_BYTES) {
        *descriptor(page) = page | attributes[kind] | ACCESS_FLAG | VALID_TABLE;
    }
    // Nothing was there before, so no TLB has it (D8.16.1).
    __asm__ volatile("dsb ishst\n\tisb" ::: "memory");
    write_sysreg(daif, state);
}

void memory_unmap_page(uintptr_t address) {
    *descriptor(address) = 0;
    __asm__ volatile("dsb ishst\n\ttlbi vaae1, %0\n\tdsb ish\n\tisb" ::"r"(address >> 12) : "memory");
}

static struct range between(const char *from, const char *to) { return (struct range){(uintptr_t)from, (uintptr_t)(to - from)}; }

void memory_init(void) {
    memory_map(between(image_start, text_end), MEMORY_CODE);
    memory_map(between(text_end, constants_end), MEMORY_CONSTANT);
    memory_map(between(constants_end, image_end), MEMORY_DATA);
    memory_map(device_tree_range(), MEMORY_CONSTANT);
    const uint64_t pa_range = read_sysreg(id_aa64mmfr0_el1) & 7;
    write_sysreg(mair_el1, MAIR);
    // 4 KiB, walks are cached and inner shareable, no TTBR1.
    write_sysreg(tcr_el1, (64 - ADDRESS_BITS) | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | pa_range << 32);
    write_sysreg(ttbr0_el1, (uintptr_t)tables[0]);
    __asm__ volatile("dsb ish\n\tisb\n\ttlbi vmalle1\n\tic iallu\n\tdsb ish\n\tisb" ::: "memory");
    enum { MMU = 1 << 0, DATA_CACHE = 1 << 2, STACK_ALIGNMENT = 3 << 3, INSTRUCTION_CACHE = 1 << 12, WRITABLE_NEVER_EXECUTES = 1 << 19 };
    write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) | MMU | DATA_CACHE | STACK_ALIGNMENT | INSTRUCTION_CACHE | WRITABLE_NEVER_EXECUTES);
    isb();
}
