// What the keys of a keyboard with the American layout type, by Linux's numbers of keys.
#include "picture.h"

char letter_of(uint16_t key) {
    static const char row1[] = "1234567890-=", row2[] = "QWERTYUIOP", row3[] = "ASDFGHJKL", row4[] = "ZXCVBNM,./";
    static const struct { uint16_t first, count; const char *letters; } rows[] = {
        {2, sizeof(row1) - 1, row1}, {16, sizeof(row2) - 1, row2}, {30, sizeof(row3) - 1, row3}, {44, sizeof(row4) - 1, row4},
    };
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        if (key >= rows[n].first && key < rows[n].first + rows[n].count) return rows[n].letters[key - rows[n].first];
    }
    return key == 57 ? ' ' : 0;
}
