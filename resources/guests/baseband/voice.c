// Speech, 20 ms at a time: the radio takes a frame when it begins a block, which is also when the next one is wanted.
#include "baseband.h"

struct voice_counts voice_counts;

static struct semaphore wanted;
static struct queue uplink, downlink;
static uint8_t uplink_frames[2][SPEECH_BYTES], downlink_frames[2][SPEECH_BYTES];
static bool is_talking;

bool voice_take(uint8_t frame[SPEECH_BYTES]) {
    if (!call_is_connected()) {
        is_talking = false;
        return false;
    }
    const bool taken = queue_receive(&uplink, frame, 0);
    // The first one is only ordered.
    if (!taken && is_talking) voice_counts.late++;
    is_talking = true;
    semaphore_give(&wanted);
    return taken;
}

void voice_heard(const uint8_t frame[SPEECH_BYTES]) { queue_send(&downlink, frame, 0); }

// A tone of 425 Hz, which nobody mistakes for silence: y[n] = 2 cos(w) y[n - 1] - y[n - 2], in parts of 2^14.
static void listen(int16_t samples[SPEECH_SAMPLES]) {
    enum { TWICE_COSINE = 30959, START = 2620 };
    static int32_t last = 0, before = -START;
    for (unsigned i = 0; i < SPEECH_SAMPLES; i++) {
        const int32_t now = (TWICE_COSINE * last >> 14) - before;
        before = last;
        last = now > 12000 ? 12000 : now < -12000 ? -12000 : now;
        samples[i] = (int16_t)last;
    }
}

static void run(void *argument) {
    (void)argument;
    int16_t samples[SPEECH_SAMPLES];
    uint8_t frame[SPEECH_BYTES];
    for (;;) {
        semaphore_take(&wanted, FOREVER);
        while (queue_receive(&downlink, frame, 0)) {
            speech_decode(frame, samples);
            voice_counts.decoded++;
        }
        listen(samples);
        speech_encode(samples, frame);
        if (queue_send(&uplink, frame, 0)) voice_counts.encoded++;
    }
}

void voice_start(void) {
    static struct task task;
    TASK_STACK(stack, 8192);
    queue_init(&uplink, uplink_frames);
    queue_init(&downlink, downlink_frames);
    task_start(&task, "voice", VOICE_PRIORITY, run, 0, stack);
}
