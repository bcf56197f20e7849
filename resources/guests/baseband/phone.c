// The phone beside the modem: whoever has the other end of the channel "voice" (lib/link). What it says is taken when it comes in time; when it does
// not, or is dead, the modem goes on without it.
#include "baseband.h"

enum { DOORBELL, MEMORY }; // ranges of a channel's node
#define MS 1000000ull

struct phone_counts phone_counts;

static uintptr_t doorbell; // 0: there is no phone
static struct interrupt ring;
static struct semaphore rung;
static struct link_reader reader;
static struct link_writer writer;
static struct mutex writing;
// What was said and is not wanted yet. A gap ends when there is enough, so that what then comes a frame late makes no other gap.
enum { ENOUGH = 2 };
static struct queue speech;
static int16_t said[4][SPEECH_SAMPLES];
static bool is_playing;

static void write(const struct link_packet *packet) {
    if (!doorbell) return;
    mutex_lock(&writing, FOREVER);
    link_write(&writer, packet);
    mutex_unlock(&writing);
}

void phone_call(enum link_call state) {
    const struct link_packet packet = {.kind = LINK_CALL, .words = {state}};
    write(&packet);
}

void phone_hears(const int16_t samples[SPEECH_SAMPLES]) {
    struct link_packet packet = {.kind = LINK_SPEECH};
    __builtin_memcpy(packet.samples, samples, sizeof packet.samples);
    write(&packet);
}

void phone_begins(void) {
    int16_t samples[SPEECH_SAMPLES];
    while (queue_receive(&speech, samples, 0)) {}
    is_playing = false;
    phone_counts = (struct phone_counts){0};
}

bool phone_speaks(int16_t samples[SPEECH_SAMPLES]) {
    if (is_playing || speech.items.count >= ENOUGH) {
        is_playing = queue_receive(&speech, samples, 0);
        if (is_playing) {
            phone_counts.spoken++;
            return true;
        }
        phone_counts.gaps++;
    }
    if (phone_counts.spoken == 0) phone_counts.silent_before++;
    else phone_counts.silent_since++;
    return false;
}

struct link_reader phone_reader(void) { return reader; }

static void obey(struct link_packet *packet) {
    switch (packet->kind) {
        case LINK_SPEECH:
            if (call_is_connected() && !queue_send(&speech, packet->samples, 0)) phone_counts.too_many++;
            break;
        case LINK_HELLO: phone_call(call_now()); break;
        case LINK_DIAL:
            packet->text[sizeof packet->text - 1] = 0;
            call_dial(packet->text);
            break;
        case LINK_HANG_UP: call_hang_up(); break;
    }
}

static void interrupted(void *argument) {
    (void)argument;
    interrupt_enable(ring, false);
    semaphore_give(&rung);
}

// However often the phone rings, the modem looks each 5 ms and not before.
static void run(void *argument) {
    (void)argument;
    struct link_packet packet;
    for (;;) {
        semaphore_take(&rung, FOREVER);
        read32(doorbell); // which takes the interrupt down
        while (link_read(&reader, &packet)) obey(&packet);
        task_sleep(5 * MS);
        interrupt_enable(ring, true);
    }
}

bool phone_start(void) {
    static struct task task;
    TASK_STACK(stack, 4096);
    struct node node;
    struct range registers, memory;
    queue_init(&speech, said);
    if (!node_with("label", "voice", &node)) return false;
    if (!node_range(&node, DOORBELL, &registers) || !node_range(&node, MEMORY, &memory) || !node_interrupt(&node, 0, &ring)) return false;
    if (memory.size < sizeof(struct link_memory)) return false;
    memory_map(registers, MEMORY_DEVICE);
    // As Linux maps it through /dev/mem: memory that is seen with two types is nobody's friend (DDI 0487 B2.8).
    memory_map(memory, MEMORY_DEVICE);
    doorbell = registers.base;
    volatile struct link_memory *link = (volatile struct link_memory *)memory.base;
    link_write_from(&writer, &link->to_phone);
    link_read_from(&reader, &link->to_modem);
    task_start(&task, "phone", PHONE_PRIORITY, run, 0, stack);
    interrupt_connect(ring, interrupted, 0);
    return true;
}
