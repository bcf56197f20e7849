// A sheet to draw on and a line to type into: it shows that a picture, keys, a pointer and fingers work.
#include "sketch.h"

static const struct rect BAR = {0, 0, WIDTH, 72}, SHEET = {12, 84, WIDTH - 24, HEIGHT - 84 - 76}, LINE = {12, HEIGHT - 64, WIDTH - 24, 52};
enum { BRUSH = 4, FINGERS = 10, TYPED = 25 };
static const uint32_t PAPER = 0xf7f4ec;
static const uint32_t colours[] = {0x27303d, 0xe4572e, 0xf3a712, 0x29a07a, 0x2f7fd1, 0x8f5bd6};
enum { SWATCH = 34, SWATCH_GAP = 8, SWATCHES = array_length(colours), SWATCHES_X = WIDTH - 12 - SWATCHES * (SWATCH + SWATCH_GAP) + SWATCH_GAP };

// Linux's numbers of events (include/uapi/linux/input-event-codes.h).
enum { EV_SYN, EV_KEY, EV_REL, EV_ABS };
enum { ABS_X = 0, ABS_Y = 1, ABS_MT_SLOT = 0x2f, ABS_MT_POSITION_X = 0x35, ABS_MT_POSITION_Y = 0x36, ABS_MT_TRACKING_ID = 0x39, ABS_MAX = 0x7fff };
enum { KEY_ESC = 1, KEY_BACKSPACE = 14, KEY_ENTER = 28, KEY_F1 = 59, BTN_LEFT = 0x110 };

static struct finger { int x, y, drawn_x, drawn_y; bool is_down, was_down; } fingers[FINGERS];
static int slot;
static size_t colour;
static char typed[TYPED + 1];
static size_t typed_length;

static void show_swatches(void) {
    for (size_t n = 0; n < SWATCHES; n++) {
        const int x = SWATCHES_X + (int)n * (SWATCH + SWATCH_GAP);
        fill((struct rect){x - 3, 16, SWATCH + 6, SWATCH + 6}, n == colour ? 0xffffff : 0x1b2230);
        fill((struct rect){x, 19, SWATCH, SWATCH}, colours[n]);
    }
}

static void show_line(void) {
    fill(LINE, 0x1b2230);
    text(LINE.x + 14, LINE.y + 15, 3, 0xf3f6fb, typed);
    fill((struct rect){LINE.x + 14 + (int)typed_length * 18, LINE.y + 12, 3, 28}, 0x4db8ff);
}

static void new_sheet(void) {
    fill(SHEET, PAPER);
    for (int y = SHEET.y + 24; y < SHEET.y + SHEET.height; y += 24) fill((struct rect){SHEET.x, y, SHEET.width, 1}, 0xe3ddcf);
}

static void show(void) {
    gradient((struct rect){0, 0, WIDTH, HEIGHT}, 0x141a26, 0x0b0e14);
    gradient(BAR, 0x232c3d, 0x1b2230);
    text(16, 26, 3, 0xf3f6fb, "SKETCH");
    show_swatches();
    new_sheet();
    show_line();
}

static void choose(size_t chosen) {
    if (chosen >= SWATCHES) return;
    colour = chosen;
    show_swatches();
}

static void type(uint16_t key) {
    const char letter = letter_of(key);
    if (key == KEY_ESC) new_sheet();
    else if (key >= KEY_F1 && key < KEY_F1 + (int)SWATCHES) choose(key - KEY_F1);
    else if (key == KEY_ENTER) {
        print("typed: %s\n", typed);
        typed_length = 0;
    } else if (key == KEY_BACKSPACE && typed_length > 0) typed_length--;
    else if (letter && typed_length < TYPED) typed[typed_length++] = letter;
    typed[typed_length] = 0;
    show_line();
}

static void draw(struct finger *finger) {
    const bool is_new = finger->is_down && !finger->was_down;
    if (is_new) {
        print("pressed at %d, %d\n", finger->x, finger->y);
        if (finger->y < BAR.height && finger->x >= SWATCHES_X) choose((size_t)(finger->x - SWATCHES_X) / (SWATCH + SWATCH_GAP));
        finger->drawn_x = finger->x;
        finger->drawn_y = finger->y;
    }
    if (finger->is_down) line(SHEET, finger->drawn_x, finger->drawn_y, finger->x, finger->y, BRUSH, colours[colour]);
    finger->was_down = finger->is_down;
    finger->drawn_x = finger->x;
    finger->drawn_y = finger->y;
}

static int limited(int value, int size) { return value < 0 ? 0 : value >= size ? size - 1 : value; }
static int scaled(int32_t value, int size) { return limited(value * size / (ABS_MAX + 1), size); }

void on_input(uint16_t type_, uint16_t code, int32_t value) {
    struct finger *finger = &fingers[slot];
    if (type_ == EV_SYN) {
        for (size_t n = 0; n < FINGERS; n++) draw(&fingers[n]);
    } else if (type_ == EV_KEY) {
        if (code == BTN_LEFT) fingers[0].is_down = value != 0;
        else if (code < BTN_LEFT && value == 1) type(code);
    } else if (type_ == EV_REL) {
        if (code == ABS_X) fingers[0].x = limited(fingers[0].x + value, WIDTH);
        if (code == ABS_Y) fingers[0].y = limited(fingers[0].y + value, HEIGHT);
    } else if (type_ == EV_ABS) {
        if (code == ABS_MT_SLOT) slot = limited(value, FINGERS);
        if (code == ABS_MT_TRACKING_ID) finger->is_down = value >= 0;
        if (code == ABS_MT_POSITION_X || code == ABS_X) finger->x = scaled(value, WIDTH);
        if (code == ABS_MT_POSITION_Y || code == ABS_Y) finger->y = scaled(value, HEIGHT);
    }
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
    print("exception: ESR_EL1 0x%lx, FAR_EL1 0x%lx, ELR_EL1 0x%lx\n", read_sysreg(esr_el1), read_sysreg(far_el1), frame->elr);
    for (;;) __asm__ volatile("wfi");
}

_Noreturn void kernel_main(void) {
    board_init();
    gic_init();
    uart_init();
    picture = (struct picture){&pixels[0][0], WIDTH, HEIGHT};
    show();
    const bool has_picture = ramfb_init();
    const int inputs = input_init();
    print("sketch: %s, %d input devices\n", has_picture ? "a picture" : "no ramfb to show a picture on", inputs);
    __asm__ volatile("msr daifclr, #2" ::: "memory");
    for (;;) __asm__ volatile("wfi");
}
