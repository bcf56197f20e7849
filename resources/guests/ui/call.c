// Calls as a person sees them. Who is connected to a baseband would tell it here, and hear from it.
#include "ui.h"

enum { RINGING_NS = 2000000000 };

static char log[CALLS_MOST][NUMBER_MOST + 1];
static unsigned count;
static bool is_active;
static uint64_t since_ns;

enum call_state call_state(void) { return !is_active ? CALL_NONE : now_ns() - since_ns < RINGING_NS ? CALL_DIALLING : CALL_CONNECTED; }
const char *call_number(void) { return log[(count - 1) % CALLS_MOST]; }
uint64_t call_seconds(void) { return call_state() == CALL_CONNECTED ? (now_ns() - since_ns - RINGING_NS) / 1000000000 : 0; }

void call_start(const char *number) {
    char *to = log[count++ % CALLS_MOST];
    size_t n = 0;
    for (; number[n] && n < NUMBER_MOST; n++) to[n] = number[n];
    to[n] = 0;
    is_active = true;
    since_ns = now_ns();
    print("ui: dials %s\n", to);
}

void call_end(void) {
    print("ui: hangs up after %u s\n", (unsigned)call_seconds());
    is_active = false;
}

const char *call_before(unsigned ago) { return ago < count && ago < CALLS_MOST ? log[(count - 1 - ago) % CALLS_MOST] : 0; }
