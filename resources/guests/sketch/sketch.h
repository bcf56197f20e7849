// What the parts of the guest share, beside what hello's parts do.
#pragma once
#include "../hello/hello.h"
#include "../lib/picture/picture.h"

// ramfb.c: a picture that the machine shows, rows of 0x00RRGGBB. Answers false where the machine shows none.
enum { WIDTH = 480, HEIGHT = 800 };
extern uint32_t pixels[HEIGHT][WIDTH];
bool ramfb_init(void);

// input.c: virtio-input devices. Events come by interrupt to on_input.
enum { INPUT_SLOTS = 32, INPUT_FIRST_INTID = 48 };
int input_init(void);
void input_interrupt(uint32_t intid);
void on_input(uint16_t type, uint16_t code, int32_t value);
