#include "pin.h"

static const struct rect STRIP = {0, 0, WIDTH, 96};
static const uint32_t TRUSTED = 0x0b6b3a, INK = 0xffffff;

void strip_show(const char *prompt, size_t digits) {
    fill(STRIP, TRUSTED);
    text(16, 16, 2, INK, "TRUSTED");
    text(16, 52, 3, INK, prompt);
    // As many dots as digits; which ones, nobody sees.
    for (size_t n = 0; n < digits; n++) dot(STRIP, WIDTH - 180 + (int)n * 20, 62, 7, INK);
}
