// Draws a picture by DRM in the size that the monitor prefers, with a cursor before it, and keeps it: red is the column, green the row, blue
// their exclusive or. With a word behind its name it then turns the upper left quarter to white, and sends no more than that.
#include "../hello/hello.h"
#include "../lib/drm/screen.h"

enum { CURSOR_SIDE = 64 };

int run(int argc) {
    struct drm_screen screen;
    drm_open("PICTURE", &screen);
    const uint32_t width = screen.width, height = screen.height;
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) drm_row(&screen.image, y)[x] = (x & 255) << 16 | (y & 255) << 8 | ((x ^ y) & 255);
    drm_show(&screen);

    const struct drm_image arrow = drm_create(CURSOR_SIDE, CURSOR_SIDE);
    for (uint32_t y = 0; y < CURSOR_SIDE; y++)
        for (uint32_t x = 0; x < CURSOR_SIDE; x++) drm_row(&arrow, y)[x] = x <= y ? 0xff000000u | x << 16 | y << 8 : 0;
    struct drm_cursor cursor = {.flags = DRM_CURSOR_IMAGE | DRM_CURSOR_MOVE, .crtc = screen.crtc, .x = 30, .y = 40, .width = CURSOR_SIDE, .height = CURSOR_SIDE, .handle = arrow.handle};
    drm_ask("set the cursor", DRM_CURSOR, &cursor);

    if (argc > 1) {
        for (uint32_t y = 0; y < height / 2; y++)
            for (uint32_t x = 0; x < width / 2; x++) drm_row(&screen.image, y)[x] = 0xffffff;
        drm_update(&screen, 0, 0, (uint16_t)(width / 2), (uint16_t)(height / 2));
    }
    print("PICTURE %ux%u %s is shown\n", width, height, screen.mode);
    const uint64_t day[2] = {86400, 0};
    for (;;) call(SYS_nanosleep, (uintptr_t)day, 0, 0, 0);
}
