// The PIN comes from the keypad only, and goes nowhere: not to the console, not to a channel, not to the picture.
#include "../lib/screen/screen.h"
#include "../lib/virtio/virtio.h"
#include "pin.h"

struct event {
    enum { TYPED, TOUCHED, ASKED, SCREEN_CHANGED } kind;
    struct input_event input;
    struct request request;
};
static struct event waiting[32];
static struct queue events;

static enum { CHOOSE, IDLE, ASK } state;
static uint8_t pin[PIN_MOST];
static size_t pin_size;
static struct request request;

// What waits is lost when too much does: a person does not type that fast.
static void hear(struct event event) { queue_send(&events, &event, 0); }
static void heard(struct input_event input) { hear((struct event){.kind = input.type == EV_KEY ? TYPED : TOUCHED, .input = input}); }
static void arrived(const struct request *asked) { hear((struct event){.kind = ASKED, .request = *asked}); }
static void screen_changed(void) { hear((struct event){.kind = SCREEN_CHANGED}); }

static void show(void) {
    const bool is_wanted = state != IDLE;
    pad_show(state == CHOOSE ? "CHOOSE A PIN" : state == ASK ? "PIN TO SIGN" : "READY", pin_size, is_wanted);
    screen_take(is_wanted);
}

// Also where it was on its way.
static void forget_pin(void) {
    wipe(pin, sizeof pin);
    pin_size = 0;
    for (size_t n = 0; n < array_length(waiting); n++)
        if (waiting[n].kind != ASKED) wipe(&waiting[n], sizeof waiting[n]);
    input_forget();
}

static const char *secret(void) {
    struct node chosen;
    size_t size;
    const char *arguments = node_named("chosen", &chosen) ? node_property(&chosen, "bootargs", &size) : 0;
    return arguments ? arguments : "";
}

// The screen is given back before anybody hears of it: what is typed then is not for us.
static void no_more(void) {
    state = IDLE;
    forget_pin();
    show();
}

static void answer(void) {
    uint8_t signature[SHA256_DIGEST];
    const enum store_answer answer = store_sign(pin, pin_size, request.challenge, request.size, signature);
    no_more();
    switch (answer) {
        case STORE_SIGNED: answer_signed(&request, signature); break;
        case STORE_WRONG_PIN:
            print("pin: wrong, %u tries left\n", store_tries_left());
            answer_refused(&request, "wrong PIN");
            break;
        case STORE_LOCKED: answer_refused(&request, "locked"); break;
    }
}

static void enter(void) {
    if (pin_size < PIN_LEAST) {
        forget_pin();
        show();
        print("pin: at least %d digits\n", PIN_LEAST);
    } else if (state == ASK) answer();
    else {
        store_provision(secret(), pin, pin_size);
        no_more();
        print("pin: chosen\n");
    }
}

static void cancel(void) {
    if (state == ASK) {
        no_more();
        answer_refused(&request, "cancelled");
    } else {
        forget_pin();
        show();
    }
}

static void press(uint16_t key) {
    const char letter = letter_of(key);
    if (state == IDLE) return;
    if (key == KEY_ENTER) enter();
    else if (key == KEY_ESC) cancel();
    else {
        if (key == KEY_BACKSPACE && pin_size > 0) pin[--pin_size] = 0;
        else if (letter >= '0' && letter <= '9' && pin_size < PIN_MOST) pin[pin_size++] = (uint8_t)letter;
        show();
    }
}

// A finger that comes down presses what is drawn there; places come before the end of a report.
static void touch(struct input_event input) {
    static int x, y;
    static bool is_new;
    if (input.type == EV_ABS) {
        if (input.code == ABS_MT_POSITION_X) x = input.value * picture.width / (ABS_MAX + 1);
        if (input.code == ABS_MT_POSITION_Y) y = input.value * picture.height / (ABS_MAX + 1);
        if (input.code == ABS_MT_TRACKING_ID) is_new = input.value >= 0;
    } else if (input.type == EV_SYN && is_new) {
        const uint16_t key = pad_key_at(x, y);
        x = y = is_new = 0;
        if (key) press(key);
    }
}

static void ask(const struct request *asked) {
    if (state != IDLE) {
        answer_refused(asked, "busy");
        return;
    }
    request = *asked;
    state = ASK;
    show();
    print("pin: asked for\n");
}

void application(void) {
    queue_init(&events, waiting);
    const bool has_picture = gpu_start();
    screen_start(screen_changed);
    pad_init(screen_strip());
    const int keypads = input_start(heard);
    requests_start(arrived);
    show();
    print("pin: %s, %d keypads; choose a PIN\n", has_picture ? "a strip" : "no picture", keypads);
    for (;;) {
        static struct event event;
        queue_receive(&events, &event, FOREVER);
        switch (event.kind) {
            case TYPED:
                if (event.input.value == 1 && event.input.code < 0x100) press(event.input.code);
                break;
            case TOUCHED: touch(event.input); break;
            case ASKED: ask(&event.request); break;
            case SCREEN_CHANGED: show(); break;
        }
        wipe(&event, sizeof event);
    }
}
