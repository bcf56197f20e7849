// A picture in memory, letters for it, and what keys of a keyboard type.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Where everything is drawn: rows of 0x00RRGGBB without gaps.
struct picture {
    uint32_t *pixels;
    int width, height;
};
extern struct picture picture;

// draw.c; what is beyond the picture is left out.
struct rect {
    int x, y, width, height;
};
void fill(struct rect rect, uint32_t colour);
void gradient(struct rect rect, uint32_t top, uint32_t bottom);
void dot(struct rect clip, int x, int y, int radius, uint32_t colour);
void line(struct rect clip, int x0, int y0, int x1, int y1, int radius, uint32_t colour);
// A letter is 6 by 8 dots with the room around it, each `scale` pixels wide and high.
void text(int x, int y, int scale, uint32_t colour, const char *text);

// font.c: seven rows of five bits, the leftmost the highest; 0 for what it has not.
const uint8_t *glyph(char c);

// keys.c: what a key types, by Linux's number; 0 for nothing.
char letter_of(uint16_t key);
