// A GSM frame each 4.615 ms. What was heard must be taken from the radio before the next one: a short task. Another takes the burst of our
// timeslot apart, and builds the next one. Four bursts bring a block of 20 ms of speech.
#include "baseband.h"

enum { OUR_SLOT = 2, BLOCK_BURSTS = 4, BLOCKS_ON_THE_WAY = 4 };
// TS 45.002 table 1: of 26 frames two are not for traffic.
enum { MULTIFRAME = 26, SIGNALLING_FRAME = 12, IDLE_FRAME = 25 };

struct gsm_counts gsm_counts;

static uint8_t going[INTERLEAVED_BURSTS][BURST_BITS], coming[INTERLEAVED_BURSTS][BURST_BITS];
// What was said in blocks that have not come back yet.
static struct {
    uint8_t bits[SPEECH_BITS];
    bool is_speech;
} said[BLOCKS_ON_THE_WAY];
static unsigned traffic; // traffic bursts so far
static bool traffic_on_air;

static void unpack(const uint8_t frame[SPEECH_BYTES], uint8_t bits[SPEECH_BITS]) {
    enum { SIGNATURE_BITS = 4 };
    for (unsigned i = 0; i < SPEECH_BITS; i++) bits[i] = frame[(i + SIGNATURE_BITS) / 8] >> (7 - (i + SIGNATURE_BITS) % 8) & 1;
}

static void pack(const uint8_t bits[SPEECH_BITS], uint8_t frame[SPEECH_BYTES]) {
    frame[0] = 0xd;
    for (unsigned i = 0; i < SPEECH_BITS; i++) {
        const unsigned at = i + 4;
        frame[at / 8] = (uint8_t)(frame[at / 8] << 1 | bits[i]);
    }
}

static void block_goes(unsigned block) {
    uint8_t frame[SPEECH_BYTES] = {0}, coded[CODED_BITS];
    said[block % BLOCKS_ON_THE_WAY].is_speech = voice_take(frame);
    unpack(frame, said[block % BLOCKS_ON_THE_WAY].bits);
    channel_encode(said[block % BLOCKS_ON_THE_WAY].bits, coded);
    interleave(going, block, coded);
    gsm_counts.sent++;
}

static void block_comes(unsigned block) {
    uint8_t bits[SPEECH_BITS], coded[CODED_BITS], frame[SPEECH_BYTES];
    deinterleave(coming, block, coded);
    bool good = channel_decode(coded, bits);
    for (unsigned i = 0; i < SPEECH_BITS; i++) good = good && bits[i] == said[block % BLOCKS_ON_THE_WAY].bits[i];
    gsm_counts.received++;
    if (!good) gsm_counts.wrong++;
    if (!said[block % BLOCKS_ON_THE_WAY].is_speech) return;
    pack(bits, frame);
    voice_heard(frame);
}

static void receive(uint32_t frame_number, const uint32_t words[BURST_WORDS]) {
    if (!traffic_on_air) return;
    const unsigned burst = traffic - 1;
    enum { ENOUGH_TRAINING = 22 };
    uint8_t *heard = coming[burst % INTERLEAVED_BURSTS];
    if (burst_take_apart(words, heard) < ENOUGH_TRAINING) gsm_counts.unheard++;
    // What comes from this air was ciphered as it went.
    cipher_burst(frame_number, heard);
    if (burst % BLOCK_BURSTS == BLOCK_BURSTS - 1 && burst >= INTERLEAVED_BURSTS - 1)
        block_comes((burst - (INTERLEAVED_BURSTS - 1)) / BLOCK_BURSTS);
}

static void send(uint32_t frame_number) {
    uint32_t words[BURST_WORDS] = {0};
    const uint32_t place = frame_number % MULTIFRAME;
    traffic_on_air = place != SIGNALLING_FRAME && place != IDLE_FRAME;
    if (traffic_on_air) {
        if (traffic % BLOCK_BURSTS == 0) block_goes(traffic / BLOCK_BURSTS);
        uint8_t data[BURST_BITS];
        for (unsigned i = 0; i < BURST_BITS; i++) data[i] = going[traffic % INTERLEAVED_BURSTS][i];
        cipher_burst(frame_number, data);
        burst_build(data, words);
        traffic++;
    }
    for (unsigned slot = 0; slot < BURSTS_IN_FRAME; slot++) {
        for (unsigned i = 0; i < BURST_WORDS; i++) radio_send(slot == OUR_SLOT ? words[i] : 0);
    }
}

// Of one frame: what was heard in our timeslot.
struct heard {
    uint32_t frame, words[BURST_WORDS];
};
static struct queue air;

static void frames(void *argument) {
    (void)argument;
    for (;;) {
        struct heard heard = {.frame = radio_wait(GSM_FRAME)};
        for (unsigned slot = 0; slot < BURSTS_IN_FRAME; slot++) {
            for (unsigned i = 0; i < BURST_WORDS; i++) {
                const uint32_t word = radio_receive();
                if (slot == OUR_SLOT) heard.words[i] = word;
            }
        }
        queue_send(&air, &heard, 0);
    }
}

static void coding(void *argument) {
    (void)argument;
    for (;;) {
        struct heard heard;
        queue_receive(&air, &heard, FOREVER);
        receive(heard.frame, heard.words);
        send(heard.frame + 1);
        radio_done(GSM_FRAME, heard.frame);
    }
}

void gsm_start(void) {
    static struct task frame_task, coding_task;
    static struct heard waiting[2];
    TASK_STACK(frame_stack, 2048);
    TASK_STACK(coding_stack, 8192);
    queue_init(&air, waiting);
    task_start(&frame_task, "gsm-frame", GSM_FRAME_PRIORITY, frames, 0, frame_stack);
    task_start(&coding_task, "gsm-coding", GSM_CODING_PRIORITY, coding, 0, coding_stack);
}
