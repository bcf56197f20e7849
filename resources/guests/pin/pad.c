#include "../lib/screen/screen.h"
#include "../lib/virtio/virtio.h"
#include "pin.h"

enum { COLUMNS = 3, ROWS = 4, GAP = 4 };
static const uint32_t TRUSTED = 0x0b6b3a, INK = 0xffffff, GROUND = 0x101820, KEY = 0x2c3a4c;
static const struct {
    const char *label;
    uint16_t key;
} keys[ROWS][COLUMNS] = {
    {{"1", 2}, {"2", 3}, {"3", 4}},
    {{"4", 5}, {"5", 6}, {"6", 7}},
    {{"7", 8}, {"8", 9}, {"9", 10}},
    {{"-", KEY_BACKSPACE}, {"0", KEY_0}, {"OK", KEY_ENTER}},
};

static struct rect strip, pad;
static bool has_keys;

void pad_init(struct rect always) {
    strip = always.height > 0 ? always : (struct rect){0, 0, picture.width, 48};
    pad = (struct rect){0, strip.y == 0 ? strip.height : 0, picture.width, picture.height - strip.height};
}

static struct rect place(int row, int column) {
    const int width = pad.width / COLUMNS, height = pad.height / ROWS;
    return (struct rect){pad.x + column * width + GAP, pad.y + row * height + GAP, width - 2 * GAP, height - 2 * GAP};
}

uint16_t pad_key_at(int x, int y) {
    for (int row = 0; has_keys && row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
            const struct rect at = place(row, column);
            if (x >= at.x && x < at.x + at.width && y >= at.y && y < at.y + at.height) return keys[row][column].key;
        }
    }
    return 0;
}

static char capital(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

static void show_strip(const char *prompt, size_t digits) {
    const int scale = picture.width >= 400 ? 2 : 1, middle = strip.y + strip.height / 2;
    char holder[SCREEN_NAME];
    fill(strip, TRUSTED);
    text(8, middle - 8 * scale, scale, INK, prompt);
    screen_holder(holder);
    for (char *c = holder; *c; c++) *c = capital(*c);
    text(8, middle + 2 * scale, scale, INK, holder[0] ? "SCREEN:" : "TRUSTED");
    text(8 + 8 * 6 * scale, middle + 2 * scale, scale, INK, holder);
    // As many dots as digits; which ones, nobody sees.
    for (size_t n = 0; n < digits; n++) dot(strip, picture.width - 8 - ((int)n + 1) * 8 * scale, middle, 3 * scale, INK);
    gpu_show(strip);
}

static void show_keys(void) {
    fill(pad, GROUND);
    for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
            const struct rect at = place(row, column);
            const char *label = keys[row][column].label;
            const int scale = picture.width >= 400 ? 5 : 3;
            fill(at, KEY);
            text(at.x + (at.width - (int)length(label) * 6 * scale) / 2, at.y + at.height / 2 - 4 * scale, scale, INK, label);
        }
    }
    gpu_show(pad);
}

void pad_show(const char *prompt, size_t digits, bool with_keys) {
    if (!picture.pixels) return;
    if (with_keys && !has_keys) show_keys();
    has_keys = with_keys;
    show_strip(prompt, digits);
}
