// virtio-mmio (virtio 1.2 4.2): rings and buffers that are not ours, lengths, loops and indices out of range.
#include "attacker.h"

static const uintptr_t SLOTS = 0x0a000000;
enum { SLOT_SIZE = 0x200, SLOT_COUNT = 32, MAGIC = 0x74726976, ENTRIES = 8 };
enum {
    MAGIC_VALUE = 0,
    VERSION = 0x4,
    DEVICE_ID = 0x8,
    DRIVER_FEATURES = 0x20,
    DRIVER_FEATURES_SEL = 0x24,
    GUEST_PAGE_SIZE = 0x28,
    QUEUE_SEL = 0x30,
    QUEUE_NUM = 0x38,
    QUEUE_ALIGN = 0x3c,
    QUEUE_PFN = 0x40,
    QUEUE_READY = 0x44,
    QUEUE_NOTIFY = 0x50,
    INTERRUPT_ACK = 0x64,
    STATUS = 0x70,
    QUEUE_DESC = 0x80,
    QUEUE_DRIVER = 0x90,
    QUEUE_DEVICE = 0xa0,
};

// Laid out as a legacy device has it (2.7.2), which suits a modern one as well.
static struct {
    struct {
        uint64_t address;
        uint32_t length;
        uint16_t flags, next;
    } descriptors[ENTRIES];
    uint16_t available[3 + ENTRIES];
    uint8_t used[4 + 8 * ENTRIES + 2] __attribute__((aligned(4096)));
} ring __attribute__((aligned(4096)));
// What devices may write to of ours.
static uint8_t scratch[4096] __attribute__((aligned(4096)));

static void fill_ring(void) {
    for (int i = 0; i < ENTRIES; i++) {
        ring.descriptors[i].address = one_in(8) ? (uintptr_t)scratch : outside();
        ring.descriptors[i].length = one_in(4) ? (uint32_t)random() : (uint32_t)random_below(sizeof scratch);
        // Next, write and indirect (2.7.5.3).
        ring.descriptors[i].flags = (uint16_t)(one_in(16) ? random() : random_below(8));
        ring.descriptors[i].next = (uint16_t)(one_in(8) ? random() : random_below(ENTRIES));
        // Of ours only as much as there is: what we are not to have is the question, not what we have.
        if (ring.descriptors[i].address == (uintptr_t)scratch) ring.descriptors[i].length %= sizeof scratch + 1;
        ring.available[2 + i] = (uint16_t)(one_in(8) ? random() : random_below(ENTRIES));
    }
    ring.available[0] = 0;
    ring.available[1] = (uint16_t)(one_in(8) ? random() : random_below(ENTRIES));
}

static void place(uintptr_t slot, uintptr_t where, const void *own) {
    const uint64_t address = one_in(4) ? outside() : (uintptr_t)own;
    write32(slot + where, (uint32_t)address);
    write32(slot + where + 4, (uint32_t)(address >> 32));
}

static bool has_device(uintptr_t slot) {
    caught_nothing();
    const bool has = read32(slot + MAGIC_VALUE) == MAGIC && read32(slot + DEVICE_ID) != 0;
    return caught() == DONE && has;
}

// Slots with a device come first, and are tried most often.
static uintptr_t any_slot(void) {
    static uint8_t order[SLOT_COUNT];
    static unsigned devices = SLOT_COUNT;
    if (devices == SLOT_COUNT) {
        devices = 0;
        for (unsigned n = 0, free = SLOT_COUNT; n < SLOT_COUNT; n++) order[has_device(SLOTS + n * SLOT_SIZE) ? devices++ : --free] = (uint8_t)n;
    }
    const unsigned count = devices > 0 && !one_in(8) ? devices : SLOT_COUNT;
    return SLOTS + order[random_below(count)] * SLOT_SIZE;
}

enum outcome attack_ring(void) {
    const uintptr_t slot = any_slot();
    caught_nothing();
    if (read32(slot + MAGIC_VALUE) != MAGIC || read32(slot + DEVICE_ID) == 0) return caught() == DONE ? REFUSED : caught();
    const bool legacy = read32(slot + VERSION) == 1;
    const uint32_t queue = (uint32_t)random_below(3);
    write32(slot + STATUS, 0);
    write32(slot + STATUS, 1 | 2);
    // Everything except what changes the ring's format, or nothing; VERSION_1 always.
    write32(slot + DRIVER_FEATURES_SEL, 0);
    write32(slot + DRIVER_FEATURES, one_in(2) ? 0 : 1u << 28);
    write32(slot + DRIVER_FEATURES_SEL, 1);
    write32(slot + DRIVER_FEATURES, 1);
    write32(slot + STATUS, 1 | 2 | 8);
    fill_ring();
    write32(slot + QUEUE_SEL, queue);
    write32(slot + QUEUE_NUM, one_in(16) ? (uint32_t)random() : ENTRIES);
    if (legacy) {
        write32(slot + GUEST_PAGE_SIZE, 4096);
        write32(slot + QUEUE_ALIGN, 4096);
        write32(slot + QUEUE_PFN, (uint32_t)((one_in(4) ? outside() : (uintptr_t)&ring) >> 12));
    } else {
        place(slot, QUEUE_DESC, ring.descriptors);
        place(slot, QUEUE_DRIVER, ring.available);
        place(slot, QUEUE_DEVICE, ring.used);
        write32(slot + QUEUE_READY, 1);
    }
    write32(slot + STATUS, 1 | 2 | 4 | 8);
    write32(slot + QUEUE_NOTIFY, one_in(16) ? (uint32_t)random() : queue);
    write32(slot + INTERRUPT_ACK, 3);
    write32(slot + STATUS, 0);
    return caught();
}
