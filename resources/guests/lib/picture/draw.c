// Shapes into the picture.
#include "picture.h"

struct picture picture;

void fill(struct rect rect, uint32_t colour) { gradient(rect, colour, colour); }

static uint32_t mix(uint32_t top, uint32_t bottom, int part, int whole) {
    uint32_t mixed = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        const int a = top >> shift & 0xff, b = bottom >> shift & 0xff;
        mixed |= (uint32_t)(a + (b - a) * part / whole) << shift;
    }
    return mixed;
}

void gradient(struct rect rect, uint32_t top, uint32_t bottom) {
    const int left = rect.x < 0 ? 0 : rect.x;
    const int right = rect.x + rect.width < picture.width ? rect.x + rect.width : picture.width;
    for (int y = 0; y < rect.height; y++) {
        const int at = rect.y + y;
        if (at < 0 || at >= picture.height) continue;
        const uint32_t colour = top == bottom ? top : mix(top, bottom, y, rect.height);
        uint32_t *row = picture.pixels + (size_t)at * (size_t)picture.width;
        for (int x = left; x < right; x++) row[x] = colour;
    }
}

void dot(struct rect clip, int x, int y, int radius, uint32_t colour) {
    for (int dy = -radius; dy <= radius; dy++) {
        for (int dx = -radius; dx <= radius; dx++) {
            const int px = x + dx, py = y + dy;
            const int inside = px >= clip.x && px < clip.x + clip.width && py >= clip.y && py < clip.y + clip.height;
            if (inside && dx * dx + dy * dy <= radius * radius) fill((struct rect){px, py, 1, 1}, colour);
        }
    }
}

static int magnitude(int value) { return value < 0 ? -value : value; }

void line(struct rect clip, int x0, int y0, int x1, int y1, int radius, uint32_t colour) {
    const int dx = x1 - x0, dy = y1 - y0;
    const int longest = magnitude(dx) > magnitude(dy) ? magnitude(dx) : magnitude(dy);
    const int steps = longest > 0 ? longest : 1;
    for (int n = 0; n <= steps; n++) dot(clip, x0 + dx * n / steps, y0 + dy * n / steps, radius, colour);
}

void text(int x, int y, int scale, uint32_t colour, const char *text) {
    for (; *text; text++, x += 6 * scale) {
        const uint8_t *rows = glyph(*text);
        for (int row = 0; rows && row < 7; row++) {
            for (int column = 0; column < 5; column++) {
                if (rows[row] >> (4 - column) & 1) fill((struct rect){x + column * scale, y + row * scale, scale, scale}, colour);
            }
        }
    }
}
