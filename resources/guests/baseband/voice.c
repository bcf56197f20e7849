// Speech, 20 ms at a time: the radio takes a frame when it begins a block, which is also when the next one is wanted. What is coded then is the
// phone's if it has said something in time, and silence if not; where there is no phone, a tone.
#include "../lib/gsm0610/gsm0610.h"
#include "baseband.h"

struct voice_counts voice_counts;

static struct semaphore wanted;
static struct queue uplink, downlink;
static uint8_t uplink_frames[2][SPEECH_BYTES], downlink_frames[2][SPEECH_BYTES];
static bool is_talking, is_new;
static bool has_phone;

bool voice_take(uint8_t frame[SPEECH_BYTES]) {
    if (!call_is_connected()) {
        is_talking = false;
        return false;
    }
    // The first one is only ordered.
    if (!is_talking) is_new = true;
    const bool taken = is_talking && queue_receive(&uplink, frame, 0);
    if (taken) voice_counts.sent++;
    else if (is_talking) voice_counts.late++;
    is_talking = true;
    semaphore_give(&wanted);
    return taken;
}

void voice_heard(const uint8_t frame[SPEECH_BYTES]) { queue_send(&downlink, frame, 0); }

// A tone of 425 Hz, which nobody mistakes for silence: y[n] = 2 cos(w) y[n - 1] - y[n - 2], in parts of 2^14.
static void tone(int16_t samples[SPEECH_SAMPLES]) {
    enum { TWICE_COSINE = 30959, START = 2620 };
    static int32_t last = 0, before = -START;
    for (unsigned i = 0; i < SPEECH_SAMPLES; i++) {
        const int32_t now = (TWICE_COSINE * last >> 14) - before;
        before = last;
        last = now > 12000 ? 12000 : now < -12000 ? -12000 : now;
        samples[i] = (int16_t)last;
    }
}

static void listen(int16_t samples[SPEECH_SAMPLES]) {
    if (!has_phone) tone(samples);
    else if (!phone_speaks(samples)) __builtin_memset(samples, 0, SPEECH_SAMPLES * sizeof *samples);
}

static void run(void *argument) {
    (void)argument;
    static struct gsm0610_encoder encoder;
    static struct gsm0610_decoder decoder;
    int16_t samples[SPEECH_SAMPLES];
    uint8_t frame[SPEECH_BYTES];
    for (;;) {
        semaphore_take(&wanted, FOREVER);
        if (is_new) {
            is_new = false;
            gsm0610_encoder_home(&encoder);
            gsm0610_decoder_home(&decoder);
            while (queue_receive(&uplink, frame, 0)) {}
            voice_counts = (struct voice_counts){0};
            phone_begins();
        }
        while (queue_receive(&downlink, frame, 0)) {
            gsm0610_decode(&decoder, frame, samples);
            voice_counts.decoded++;
            phone_hears(samples);
        }
        listen(samples);
        gsm0610_encode(&encoder, samples, frame);
        if (!queue_send(&uplink, frame, 0)) continue;
        voice_counts.encoded++;
        voice_counts.digest = link_crc(voice_counts.digest, frame, sizeof frame);
    }
}

void voice_start(void) {
    static struct task task;
    TASK_STACK(stack, 8192);
    queue_init(&uplink, uplink_frames);
    queue_init(&downlink, downlink_frames);
    has_phone = phone_start();
    task_start(&task, "voice", VOICE_PRIORITY, run, 0, stack);
}
