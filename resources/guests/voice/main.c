// The phone's side of a call, for Linux: `rdinit=/voice -- NUMBER` dials when there is no call, and while there is one answers each 20 ms that it hears
// with 20 ms that it says. It is the first program, so that it comes back whenever Linux does; the system's own /init goes on beside it.
#include "voice.h"
#include "../lib/signals/signals.h"

void uart_write(char c) {
    static char line[128];
    static uint64_t used;
    line[used++] = c;
    if (c != '\n' && used < sizeof line) return;
    call(SYS_write, 1, (uintptr_t)line, used, 0);
    used = 0;
}

_Noreturn static void end(int code) {
    for (;;) call(SYS_exit_group, (uint64_t)code, 0, 0, 0);
}

static void sleep_ms(uint64_t ms) {
    const uint64_t time[2] = {ms / 1000, ms % 1000 * 1000000};
    call(SYS_nanosleep, (uintptr_t)time, 0, 0, 0);
}

static const char *const states[] = {"idle", "setup", "alerting", "connected", "releasing"};

static void ask(const struct channel *channel, struct link_writer *writer, enum link_kind kind, const char *text) {
    struct link_packet packet = {.kind = kind};
    for (unsigned i = 0; text[i] && i + 1 < sizeof packet.text; i++) packet.text[i] = text[i];
    link_write(writer, &packet);
    channel_ring(channel);
}

static void talk(const struct channel *channel, const char *number) {
    struct link_reader reader;
    struct link_writer writer;
    struct link_packet packet;
    struct signal voice;
    uint32_t state = LINK_STATES, spoken = 0;
    link_read_from(&reader, &channel->memory->to_phone);
    link_write_from(&writer, &channel->memory->to_modem);
    signal_start(&voice, SIGNAL_VOICE);
    ask(channel, &writer, LINK_HELLO, "");
    for (;;) {
        bool has_spoken = false;
        while (link_read(&reader, &packet)) {
            if (packet.kind == LINK_SPEECH) {
                signal_next(&voice, packet.samples);
                link_write(&writer, &packet);
                has_spoken = true;
                if (++spoken % 1500 == 0) print("voice: spoke %u, lost %u, damaged %u\n", spoken, reader.lost, reader.damaged);
            } else if (packet.kind == LINK_CALL && packet.words[0] < LINK_STATES && packet.words[0] != state) {
                state = packet.words[0];
                print("voice: call %s\n", states[state]);
                if (state == LINK_IDLE && number) ask(channel, &writer, LINK_DIAL, number);
            }
        }
        if (has_spoken) channel_ring(channel);
        sleep_ms(state == LINK_CONNECTED ? 5 : 20);
    }
}

// Nothing else in the system may keep it waiting: its own is not much.
static void become_urgent(void) {
    enum { SCHED_FIFO = 1, MCL_CURRENT_AND_FUTURE = 3 };
    const int32_t priority = 50;
    call(SYS_mlockall, MCL_CURRENT_AND_FUTURE, 0, 0, 0);
    call(SYS_sched_setscheduler, 0, SCHED_FIFO, (uintptr_t)&priority, 0);
}

static void serve(const char *number) {
    struct channel channel;
    // /proc and /dev come with the system.
    int64_t error = -1;
    for (int tries = 0; tries < 500 && (error = channel_open("voice", &channel)) < 0; tries++) sleep_ms(20);
    for (int i = 0; i < 3; i++) call(SYS_close, (uint64_t)i, 0, 0, 0);
    for (int i = 0; i < 3; i++) open_file("/dev/console", O_RDWR);
    if (error < 0) {
        print("VOICE FAILED there is no channel: error %d\n", (int)-error);
        end(1);
    }
    become_urgent();
    talk(&channel, number);
}

int run(int argc, char **argv) {
    const char *const init[] = {"/init", 0}, *const environment[] = {"HOME=/", "TERM=linux", 0};
    enum { SIGCHLD = 17 };
    if (call(SYS_clone, SIGCHLD, 0, 0, 0) == 0) serve(argc > 1 ? argv[1] : 0);
    call(SYS_execve, (uintptr_t)init[0], (uintptr_t)init, (uintptr_t)environment, 0);
    print("VOICE FAILED there is no /init\n");
    return 1;
}
