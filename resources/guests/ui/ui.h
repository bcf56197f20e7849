// The handset UI of a feature phone: what its parts share.
#pragma once
#include "../lib/picture/picture.h"
#include "../rtos/rtos.h"

enum { NUMBER_MOST = 20, CALLS_MOST = 5 };
enum { KEY_ESC = 1, KEY_BACKSPACE = 14, KEY_ENTER = 28, KEY_UP = 103, KEY_DOWN = 108, KEY_ASTERISK = 55, KEY_HASH = 43 };

// A page takes keys and draws itself below the status line. What it answers is the next page: itself, or another.
struct page {
    const char *title, *left, *right; // what the two keys below do: Enter and Escape
    void (*show)(struct rect room);
    const struct page *(*press)(uint16_t key);
};
extern const struct page dialler, menu, calls, about;

// frame.c: status line, the room for a page, what keys do.
void frame_show(const struct page *);
// Letters are so many pixels wide and high, as the screen allows it.
int letter_scale(void);

// call.c: the call that there is, and those that were.
enum call_state { CALL_NONE, CALL_DIALLING, CALL_CONNECTED };
enum call_state call_state(void);
const char *call_number(void);
uint64_t call_seconds(void);
void call_start(const char *number);
void call_end(void);
// The one that many before the last; 0 for none.
const char *call_before(unsigned ago);
