// Lines on the console are what comes from outside: `challenge HEX`. The PIN comes from the keypad only, and goes nowhere.
#include "pin.h"

enum { EV_KEY = 1, KEY_ESC = 1, KEY_BACKSPACE = 14, KEY_ENTER = 28 };
static const char LINE_START[] = "challenge ";

// Keys that were pressed and nobody has taken yet.
static volatile uint16_t keys[16];
static volatile uint8_t keys_head, keys_tail;

static enum { CHOOSE, IDLE, ASK } state;
static uint8_t pin[PIN_MOST], challenge[CHALLENGE_MOST];
static size_t pin_size, challenge_size;

void on_input(uint16_t type, uint16_t code, int32_t value) {
    // A full ring loses what comes last.
    if (type == EV_KEY && value == 1 && (uint8_t)(keys_head + 1) % 16 != keys_tail % 16) keys[keys_head++ % 16] = code;
}

static void show(void) { strip_show(state == CHOOSE ? "CHOOSE A PIN" : state == ASK ? "PIN TO SIGN" : "READY", pin_size); }

static void forget_pin(void) {
    wipe(pin, sizeof pin);
    pin_size = 0;
}

static void answer(void) {
    uint8_t signature[SHA256_DIGEST];
    switch (store_sign(pin, pin_size, challenge, challenge_size, signature)) {
        case STORE_SIGNED:
            print("response ");
            for (int i = 0; i < SHA256_DIGEST; i++) print("%02x", signature[i]);
            print("\n");
            break;
        case STORE_WRONG_PIN: print("refused: wrong PIN, %u tries left\n", store_tries_left()); break;
        case STORE_LOCKED: print("refused: locked\n"); break;
    }
    state = IDLE;
}

static void enter(void) {
    if (pin_size < PIN_LEAST) print("pin: at least %d digits\n", PIN_LEAST);
    else if (state == ASK) answer();
    else {
        store_provision(board.bootargs ? board.bootargs : "", pin, pin_size);
        print("pin: chosen\n");
        state = IDLE;
    }
    forget_pin();
}

static void on_key(uint16_t key) {
    const char letter = letter_of(key);
    if (state == IDLE) return;
    if (key == KEY_ENTER) enter();
    else if (key == KEY_BACKSPACE && pin_size > 0) pin[--pin_size] = 0;
    else if (key == KEY_ESC) {
        forget_pin();
        if (state == ASK) {
            print("refused: cancelled\n");
            state = IDLE;
        }
    } else if (letter >= '0' && letter <= '9' && pin_size < PIN_MOST) pin[pin_size++] = (uint8_t)letter;
    show();
}

static int digit_of(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

// Bytes of a hexadecimal text into the challenge; false for anything else.
static bool read_challenge(const char *text) {
    challenge_size = 0;
    for (; text[0]; text += 2) {
        const int high = digit_of(text[0]), low = high < 0 ? -1 : digit_of(text[1]);
        if (low < 0 || challenge_size == CHALLENGE_MOST) return false;
        challenge[challenge_size++] = (uint8_t)(high << 4 | low);
    }
    return challenge_size > 0;
}

static void on_line(const char *line) {
    if (!starts_with(line, LINE_START)) print("refused: not a challenge\n");
    else if (state != IDLE) print("refused: busy\n");
    else if (!read_challenge(line + sizeof LINE_START - 1)) print("refused: 1 to %d bytes in hexadecimal\n", CHALLENGE_MOST);
    else {
        print("pin: asked for\n");
        state = ASK;
        show();
    }
}

static void on_character(char c) {
    static char line[LINE_SIZE];
    static unsigned size;
    if (c != '\n' && c != '\r') {
        // What is too long is no challenge either.
        if (size < LINE_SIZE - 1) line[size++] = c;
        return;
    }
    line[size] = 0;
    if (size > 0) on_line(line);
    size = 0;
}

void on_interrupt(struct frame *frame) {
    (void)frame;
    const uint32_t intid = gic_acknowledge();
    if (intid >= 1020) return; // spurious
    if (intid >= INPUT_FIRST_INTID && intid < INPUT_FIRST_INTID + INPUT_SLOTS) input_interrupt(intid);
    if (intid == UART_INTID) uart_interrupt();
    gic_end(intid);
}

void on_fault(struct frame *frame) {
    // Not where nor what: it might be about the PIN.
    (void)frame;
    wipe(pin, sizeof pin);
    print("pin: stopped by an exception\n");
    power_off();
    for (;;) __asm__ volatile("wfi");
}

_Noreturn void kernel_main(void) {
    gic_init();
    uart_init();
    board_init();
    const bool has_picture = ramfb_init();
    const int inputs = input_init();
    show();
    print("pin: %s, %d keypads; choose a PIN\n", has_picture ? "a strip" : "no picture", inputs);
    for (;;) {
        // Interrupts are masked between the test and WFI, which wakes up all the same.
        __asm__ volatile("msr daifset, #2" ::: "memory");
        const bool idle = !uart_has_input() && keys_head == keys_tail;
        if (idle) __asm__ volatile("wfi" ::: "memory");
        __asm__ volatile("msr daifclr, #2" ::: "memory");
        if (uart_has_input()) on_character(uart_read());
        if (keys_head != keys_tail) on_key(keys[keys_tail++ % 16]);
    }
}
