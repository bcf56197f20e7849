// CDMA: 800 times a second how well the pilot is heard, and whether the other side shall be louder (3GPP2 C.S0002 §2.1.2.3); each 20 ms a frame of
// the traffic channel is coded.
#include "baseband.h"

enum { CHIPS = 1536, TARGET = 1200 }; // 1.2288 Mchip/s in 1.25 ms; chips that fit

struct cdma_counts cdma_counts;

// The pilot's short code: x^15 + x^13 + x^9 + x^8 + x^7 + x^5 + 1 (§2.1.3.1.17).
static unsigned next_chip(unsigned state) { return state >> 1 ^ (state & 1 ? 0x5ca0u & 0x7fff : 0); }
static uint32_t next_noise(uint32_t noise) {
    noise ^= noise << 13;
    noise ^= noise >> 17;
    return noise ^ noise << 5;
}

// The channel fades to and fro within 16 groups; the commands work against it.
static void groups(void *argument) {
    (void)argument;
    unsigned pilot = 1, loudness = 8;
    uint32_t noise = 1;
    for (;;) {
        const uint32_t group = radio_wait(CDMA_GROUP);
        const unsigned fade = group % 16 < 8 ? group % 16 : 16 - group % 16;
        const unsigned disturbed = loudness > 20 ? 0 : 20 - loudness + fade;
        unsigned fitting = 0;
        for (unsigned chip = 0; chip < CHIPS; chip++) {
            noise = next_noise(noise);
            const unsigned sent = pilot & 1, heard = sent ^ ((noise & 63) < disturbed);
            fitting += heard == sent;
            pilot = next_chip(pilot);
        }
        const bool louder = fitting < TARGET;
        radio_power(louder);
        if (louder) {
            loudness++;
            cdma_counts.up++;
        } else {
            if (loudness > 0) loudness--;
            cdma_counts.down++;
        }
        radio_done(CDMA_GROUP, group);
    }
}

// §2.1.3.1.4 and §2.1.3.1.5.1.1: 172 bits, 12 of quality, 8 of tail; rate 1/2, constraint length 9, octal 753 and 561. Answers a sum of the symbols.
static uint32_t code_frame(uint32_t seed) {
    enum { BITS = 172, QUALITY = 12, TAIL = 8 };
    unsigned state = 0, quality = 0xfff;
    uint32_t sum = 0;
    for (unsigned i = 0; i < BITS + QUALITY + TAIL; i++) {
        unsigned bit = 0;
        if (i < BITS) {
            seed = next_noise(seed);
            bit = seed & 1;
            const unsigned out = (quality >> 11 ^ bit) & 1;
            quality = (quality << 1 ^ (out ? 0xf13 : 0)) & 0xfff;
        } else if (i < BITS + QUALITY) {
            bit = quality >> (11 - (i - BITS)) & 1;
        }
        state = (state << 1 | bit) & 0x1ff;
        const unsigned first = (unsigned)__builtin_parity(state & 0753), second = (unsigned)__builtin_parity(state & 0561);
        sum = sum * 31 + (first << 1 | second);
    }
    return sum;
}

static struct queue wanted;
static uint32_t coded; // of the last frame that is ready

// What was coded goes to the air, and the next one is ordered.
static void frames(void *argument) {
    (void)argument;
    for (;;) {
        const uint32_t frame = radio_wait(CDMA_FRAME);
        cdma_counts.sum = cdma_counts.sum * 31 + coded;
        queue_send(&wanted, &frame, 0);
    }
}

static void coding(void *argument) {
    (void)argument;
    for (;;) {
        uint32_t frame;
        queue_receive(&wanted, &frame, FOREVER);
        coded = code_frame(frame);
        radio_done(CDMA_FRAME, frame);
    }
}

// As long as IS-95 gives a mobile to follow a command (by memory, not checked); a command that comes later is of no use to the next group.
enum { POWER_DEADLINE_NS = 500000 };

void cdma_start(void) {
    static struct task group_task, frame_task, coding_task;
    static uint32_t waiting[2];
    TASK_STACK(group_stack, 2048);
    TASK_STACK(frame_stack, 2048);
    TASK_STACK(coding_stack, 2048);
    queue_init(&wanted, waiting);
    radio_deadline(CDMA_GROUP, POWER_DEADLINE_NS);
    task_start(&group_task, "cdma-group", CDMA_GROUP_PRIORITY, groups, 0, group_stack);
    task_start(&frame_task, "cdma-frame", CDMA_FRAME_PRIORITY, frames, 0, frame_stack);
    task_start(&coding_task, "cdma-coding", CDMA_CODING_PRIORITY, coding, 0, coding_stack);
}
