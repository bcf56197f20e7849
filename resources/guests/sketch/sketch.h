// What the parts of the guest share, beside what hello's parts do.
#pragma once
#include "../hello/hello.h"

// ramfb.c: a picture that the machine shows, rows of 0x00RRGGBB. Answers false where the machine shows none.
enum { WIDTH = 480, HEIGHT = 800 };
extern uint32_t pixels[HEIGHT][WIDTH];
bool ramfb_init(void);

// draw.c
struct rect { int x, y, width, height; };
void fill(struct rect rect, uint32_t colour);
void gradient(struct rect rect, uint32_t top, uint32_t bottom);
void dot(struct rect clip, int x, int y, int radius, uint32_t colour);
void line(struct rect clip, int x0, int y0, int x1, int y1, int radius, uint32_t colour);
void text(int x, int y, int scale, uint32_t colour, const char *text);

// font.c: seven rows of five bits, the leftmost the highest; 0 for what it has not.
const uint8_t *glyph(char c);

// input.c: virtio-input devices. Events come by interrupt to on_input.
enum { INPUT_SLOTS = 32, INPUT_FIRST_INTID = 48 };
int input_init(void);
void input_interrupt(uint32_t intid);
void on_input(uint16_t type, uint16_t code, int32_t value);

// keys.c: what a key types; 0 for nothing.
char letter_of(uint16_t key);
