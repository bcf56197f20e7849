#include "ui.h"

static const uint32_t INK = 0x101820, PALE = 0x8a8f98, MARK = 0xf2a516;

// --- dialler ---

static char number[NUMBER_MOST + 1];
static size_t digits;

static void write_line(struct rect room, int row, uint32_t colour, const char *words) {
    text(room.x, room.y + row * 10 * letter_scale(), letter_scale(), colour, words);
}

static void show_dialler(struct rect room) {
    switch (call_state()) {
        case CALL_NONE:
            write_line(room, 1, INK, number);
            if (digits == 0) write_line(room, 1, PALE, "NUMBER");
            break;
        case CALL_DIALLING:
            write_line(room, 0, PALE, "CALLING");
            write_line(room, 1, INK, call_number());
            break;
        case CALL_CONNECTED:
            write_line(room, 0, PALE, "CONNECTED");
            write_line(room, 1, INK, call_number());
            break;
    }
}

static char dialled(uint16_t key) {
    if (key == KEY_ASTERISK) return '*';
    if (key == KEY_HASH) return '#';
    const char letter = letter_of(key);
    return letter >= '0' && letter <= '9' ? letter : 0;
}

static const struct page *press_dialler(uint16_t key) {
    const char c = dialled(key);
    if (call_state() != CALL_NONE) {
        if (key == KEY_ESC || key == KEY_ENTER) call_end();
    } else if (c && digits < NUMBER_MOST) number[digits++] = c;
    else if (key == KEY_BACKSPACE && digits > 0) digits--;
    else if (key == KEY_ENTER && digits > 0) {
        number[digits] = 0;
        call_start(number);
        digits = 0;
    } else if (key == KEY_ESC) {
        if (digits == 0) return &menu;
        digits = 0;
    }
    number[digits] = 0;
    return &dialler;
}
const struct page dialler = {"PHONE", "CALL", "MENU", show_dialler, press_dialler};

// --- menu ---

static const struct {
    const char *name;
    const struct page *page;
} items[] = {{"PHONE", &dialler}, {"LAST CALLS", &calls}, {"ABOUT", &about}};
static unsigned chosen;

static void show_menu(struct rect room) {
    const int scale = letter_scale();
    for (unsigned n = 0; n < array_length(items); n++) {
        const int y = room.y + (int)n * 14 * scale;
        if (n == chosen) fill((struct rect){room.x - scale, y - 2 * scale, room.width + 2 * scale, 12 * scale}, MARK);
        text(room.x, y, scale, INK, items[n].name);
    }
}

static const struct page *press_menu(uint16_t key) {
    if (key == KEY_DOWN) chosen = (chosen + 1) % array_length(items);
    if (key == KEY_UP) chosen = (chosen + array_length(items) - 1) % array_length(items);
    return key == KEY_ENTER ? items[chosen].page : key == KEY_ESC ? &dialler : &menu;
}
const struct page menu = {"MENU", "OPEN", "BACK", show_menu, press_menu};

// --- the last calls ---

static void show_calls(struct rect room) {
    if (!call_before(0)) write_line(room, 0, PALE, "NONE");
    for (unsigned n = 0; call_before(n); n++) write_line(room, (int)n, INK, call_before(n));
}

// Enter calls the last one again.
static const struct page *press_calls(uint16_t key) {
    char again[NUMBER_MOST + 1];
    if (key == KEY_ESC) return &menu;
    if (key != KEY_ENTER || !call_before(0)) return &calls;
    __builtin_memcpy(again, call_before(0), sizeof again);
    call_start(again);
    return &dialler;
}
const struct page calls = {"LAST CALLS", "CALL", "BACK", show_calls, press_calls};

// --- about ---

static void show_about(struct rect room) {
    write_line(room, 0, INK, "POCKETVISOR");
    write_line(room, 1, PALE, "HANDSET UI");
    write_line(room, 2, PALE, "ON THE RTOS");
}

static const struct page *press_about(uint16_t key) { return key == KEY_ESC || key == KEY_ENTER ? &menu : &about; }
const struct page about = {"ABOUT", "OK", "BACK", show_about, press_about};
