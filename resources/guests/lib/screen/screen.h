// The display that cells share, for the one that has the device screen-control (emulator/hypervisor/display/screen-control.ts).
#pragma once
#include "../../rtos/rtos.h"
#include "../picture/picture.h"

enum { SCREEN_NAME = 32 };

// False where there is none. `changed` is called in interrupt context when another cell has the screen.
bool screen_start(void (*changed)(void));
// The strip that is always seen; nothing where there is none.
struct rect screen_strip(void);
// All of the screen and of what hands do, or back to who had it.
void screen_take(bool all);
// The name of the cell that has the screen when nobody has taken it; empty where nobody knows.
void screen_holder(char name[SCREEN_NAME]);
