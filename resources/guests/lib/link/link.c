#include "link.h"

// Orders what the two sides see, whatever the memory's type (DDI 0487 B2.3.7).
static void barrier(void) { __asm__ volatile("dmb sy" ::: "memory"); }

uint32_t link_crc(uint32_t crc, const void *bytes, uint32_t size) {
    static const uint32_t by_nibble[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    crc = ~crc;
    for (uint32_t i = 0; i < size; i++) {
        crc ^= ((const uint8_t *)bytes)[i];
        crc = crc >> 4 ^ by_nibble[crc & 15];
        crc = crc >> 4 ^ by_nibble[crc & 15];
    }
    return ~crc;
}

static uint32_t crc_of(uint32_t number, const struct link_packet *packet) {
    return link_crc(link_crc(0, &number, sizeof number), packet, sizeof *packet);
}

void link_write_from(struct link_writer *writer, volatile struct link_ring *ring) {
    *writer = (struct link_writer){.ring = ring};
    ring->written = 0;
    barrier();
    ring->session = ring->session + 1;
    barrier();
}

void link_write(struct link_writer *writer, const struct link_packet *packet) {
    volatile struct link_ring *ring = writer->ring;
    const uint32_t number = ++writer->written;
    volatile struct link_slot *slot = &ring->slots[number % LINK_SLOTS];
    slot->kind = packet->kind;
    for (int i = 0; i < LINK_WORDS; i++) slot->words[i] = packet->words[i];
    slot->crc = crc_of(number, packet);
    barrier();
    ring->written = number;
    barrier();
}

void link_read_from(struct link_reader *reader, const volatile struct link_ring *ring) {
    *reader = (struct link_reader){.ring = ring, .session = ring->session};
    barrier();
    reader->next = ring->written + 1;
}

// Numbers are compared by their distance, so that they may run over.
bool link_read(struct link_reader *reader, struct link_packet *packet) {
    const volatile struct link_ring *ring = reader->ring;
    const uint32_t session = ring->session;
    if (session != reader->session) {
        reader->session = session;
        reader->next = 1;
        reader->sessions++;
    }
    // However fast the other side writes, one look ends.
    for (int look = 0; look < LINK_SLOTS; look++) {
        barrier();
        const uint32_t waiting = ring->written - (reader->next - 1);
        if (waiting == 0 || waiting > INT32_MAX) return false;
        if (waiting >= LINK_SLOTS) {
            const uint32_t gone = waiting - (LINK_SLOTS - 1);
            reader->lost += gone;
            reader->next += gone;
        }
        const volatile struct link_slot *slot = &ring->slots[reader->next % LINK_SLOTS];
        const uint32_t number = reader->next++;
        packet->kind = slot->kind;
        for (int i = 0; i < LINK_WORDS; i++) packet->words[i] = slot->words[i];
        const uint32_t crc = slot->crc;
        if (crc == crc_of(number, packet)) {
            reader->received++;
            return true;
        }
        // Written over while it was read, or nonsense.
        reader->damaged++;
    }
    return false;
}
