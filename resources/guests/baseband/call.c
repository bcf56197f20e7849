// A mobile originated call as 3GPP TS 24.008 §5.2.1 has it, one state for each wait. What the network says comes after a time, as there is none.
#include "baseband.h"

enum event { DIAL, ASSIGNED, ANSWERED, HANG_UP, RELEASED };
static const char *const names[] = {"idle", "setup", "alerting", "connected", "releasing"};
#define MS 1000000ull

// What a state makes of an event, and what the network will say to it.
static const struct rule {
    enum link_call in;
    enum event event;
    enum link_call next;
    enum event answer;
    unsigned after_ms; // 0: no answer
} rules[] = {
    {LINK_IDLE, DIAL, LINK_SETUP, ASSIGNED, 120},
    {LINK_SETUP, ASSIGNED, LINK_ALERTING, ANSWERED, 300},
    {LINK_SETUP, HANG_UP, LINK_RELEASING, RELEASED, 60},
    {LINK_ALERTING, ANSWERED, LINK_CONNECTED, HANG_UP, 0},
    {LINK_ALERTING, HANG_UP, LINK_RELEASING, RELEASED, 60},
    {LINK_CONNECTED, HANG_UP, LINK_RELEASING, RELEASED, 60},
    {LINK_RELEASING, RELEASED, LINK_IDLE, DIAL, 0},
};

static enum link_call state;
static enum event answer;
static struct timer network;
static struct queue events;
static enum event waiting[4];
static char called[24];

static void network_answers(struct timer *timer) {
    (void)timer;
    queue_send(&events, &answer, 0);
}

static void follow(const struct rule *rule) {
    state = rule->next;
    print(state == LINK_SETUP ? "call: %s %s\n" : "call: %s\n", names[state], called);
    timer_stop(&network);
    phone_call(state);
    if (rule->after_ms == 0) return;
    answer = rule->answer;
    timer_start(&network, now_ns() + rule->after_ms * MS, 0, network_answers);
}

static void run(void *argument) {
    (void)argument;
    for (;;) {
        enum event event;
        queue_receive(&events, &event, FOREVER);
        for (size_t i = 0; i < array_length(rules); i++) {
            if (rules[i].in == state && rules[i].event == event) {
                follow(&rules[i]);
                break;
            }
        }
    }
}

static void post(enum event event) { queue_send(&events, &event, FOREVER); }

void call_dial(const char *number) {
    if (state == LINK_IDLE) {
        size_t at = 0;
        for (; number[at] && at + 1 < sizeof called; at++) called[at] = number[at];
        called[at] = 0;
    }
    post(DIAL);
}

void call_hang_up(void) { post(HANG_UP); }
bool call_is_connected(void) { return state == LINK_CONNECTED; }
enum link_call call_now(void) { return state; }
const char *call_state(void) { return names[state]; }

void call_start(void) {
    static struct task task;
    TASK_STACK(stack, 4096);
    queue_init(&events, waiting);
    task_start(&task, "call", CALL_PRIORITY, run, 0, stack);
}
