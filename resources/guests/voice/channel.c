#include "voice.h"

enum { ENOENT = 2, O_SYNC = 04010000, O_DIRECTORY = 040000, MAP_SHARED = 1 };
static const char TREE[] = "/proc/device-tree/";

static int64_t read_file(const char *node, const char *property, void *bytes, uint64_t size) {
    char path[128];
    unsigned at = 0;
    for (const char *const *part = (const char *const[]){TREE, node, "/", property, 0}; *part; part++) {
        for (const char *c = *part; *c && at + 1 < sizeof path; c++) path[at++] = *c;
    }
    path[at] = 0;
    const int file = open_file(path, O_RDONLY);
    if (file < 0) return file;
    const int64_t count = call(SYS_read, (uint64_t)file, (uintptr_t)bytes, size, 0);
    call(SYS_close, (uint64_t)file, 0, 0, 0);
    return count;
}

static uint64_t number(const uint32_t words[2]) { return (uint64_t)__builtin_bswap32(words[0]) << 32 | __builtin_bswap32(words[1]); }

// Of the node: doorbell and memory, an address and a size each.
static bool has_label(const char *node, const char *name, uint32_t reg[8]) {
    char label[64] = "";
    return starts_with(node, "channel@") && read_file(node, "label", label, sizeof label - 1) > 0 && equal(label, name) &&
           read_file(node, "reg", reg, 32) == 32;
}

static int64_t find(const char *name, uint32_t reg[8]) {
    // struct linux_dirent64 (getdents64(2)): inode, offset, length, type, name.
    static char entries[2048] __attribute__((aligned(8)));
    const int folder = open_file(TREE, O_RDONLY | O_DIRECTORY);
    if (folder < 0) return folder;
    int64_t size;
    bool found = false;
    while (!found && (size = call(SYS_getdents64, (uint64_t)folder, (uintptr_t)entries, sizeof entries, 0)) > 0) {
        for (int64_t at = 0; at < size && !found; at += *(uint16_t *)(entries + at + 16)) found = has_label(entries + at + 19, name, reg);
    }
    call(SYS_close, (uint64_t)folder, 0, 0, 0);
    return found ? 0 : -ENOENT;
}

int64_t channel_open(const char *name, struct channel *channel) {
    uint32_t reg[8];
    const int64_t error = find(name, reg);
    if (error < 0) return error;
    // As a device's memory, whose order is the program's (Linux: phys_mem_access_prot of arch/arm64).
    const int memory = open_file("/dev/mem", O_RDWR | O_SYNC);
    if (memory < 0) return memory;
    if (number(reg + 6) < sizeof *channel->memory) return -ENOENT;
    const int64_t page = call6(SYS_mmap, 0, number(reg + 2), PROT_READ | PROT_WRITE, MAP_SHARED, (uint64_t)memory, number(reg));
    const int64_t shared = call6(SYS_mmap, 0, number(reg + 6), PROT_READ | PROT_WRITE, MAP_SHARED, (uint64_t)memory, number(reg + 4));
    if (page < 0 || shared < 0) return page < 0 ? page : shared;
    channel->doorbell = (volatile uint32_t *)page;
    channel->memory = (volatile struct link_memory *)shared;
    return 0;
}

void channel_ring(const struct channel *channel) { *channel->doorbell = 1; }
