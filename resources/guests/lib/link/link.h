// What a modem and its phone say to each other over a channel: speech as samples, 20 ms a packet, and the call. In the memory of the channel there
// is a ring of packets for each direction. It has one writer, which waits for nobody and writes over what was not read in time; the reader
// writes nothing, believes nothing, and counts what it did not get. So neither side can stop the other, and either may begin anew at any time.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { LINK_SAMPLES = 160, LINK_WORDS = LINK_SAMPLES / 2, LINK_SLOTS = 16 };

enum link_kind {
    LINK_SPEECH = 1, // 160 samples of 16 bits at 8 kHz, two in a word
    LINK_CALL,       // the modem: a state of the call (enum link_call)
    LINK_HELLO,      // the phone: it begins, and wants to know the state
    LINK_DIAL,       // the phone: a number, which a 0 ends
    LINK_HANG_UP,    // the phone
};
enum link_call { LINK_IDLE, LINK_SETUP, LINK_ALERTING, LINK_CONNECTED, LINK_RELEASING, LINK_STATES };

struct link_packet {
    uint32_t kind;
    union {
        uint32_t words[LINK_WORDS];
        int16_t samples[LINK_SAMPLES];
        char text[LINK_WORDS * 4];
    };
};

// In shared memory, which either side may have mapped as a device's: whole words only.
struct link_ring {
    uint32_t session; // another one whenever the writer began anew
    uint32_t written; // number of the last packet, from 1 on; it is in slot `written % LINK_SLOTS`
    struct link_slot {
        uint32_t kind, words[LINK_WORDS], crc; // CRC-32 of the packet's number and the others
    } slots[LINK_SLOTS];
};
struct link_memory {
    struct link_ring to_phone, to_modem;
};

struct link_writer {
    volatile struct link_ring *ring;
    uint32_t written;
};
void link_write_from(struct link_writer *writer, volatile struct link_ring *ring);
void link_write(struct link_writer *writer, const struct link_packet *packet);

struct link_reader {
    const volatile struct link_ring *ring;
    uint32_t session, next;
    uint32_t received, lost, damaged, sessions; // packets; how often the other side began anew
};
// From now on: what was written before is not read.
void link_read_from(struct link_reader *reader, const volatile struct link_ring *ring);
// The next packet that arrived whole; false when there is none.
bool link_read(struct link_reader *reader, struct link_packet *packet);

// CRC-32 (ISO/IEC 8802-3 §3.2.8) over bytes, continued from `crc`, which is 0 at first.
uint32_t link_crc(uint32_t crc, const void *bytes, uint32_t size);
