// Draws a picture by DRM in the size that the monitor prefers, with a cursor before it, and keeps it: red is the column, green the row, blue
// their exclusive or. With a word behind its name it then turns the upper left quarter to white, and sends no more than that.
#include "../bench/linux/calls.h"
#include "../hello/hello.h"
#include "drm.h"

enum { SYS_ioctl = 29, MAP_SHARED = 1, CURSOR_SIDE = 64 };

static int card;

void uart_write(char c) { call(SYS_write, 1, (uintptr_t)&c, 1, 0); }

static void end(int code) {
    for (;;) call(SYS_exit_group, (uint64_t)code, 0, 0, 0);
}

static void ask(const char *what, uint32_t request, void *data) {
    const int64_t error = call(SYS_ioctl, (uint64_t)card, request, (uintptr_t)data, 0);
    if (error >= 0) return;
    print("PICTURE FAILED %s: error %d\n", what, (int)-error);
    end(1);
}

struct buffer {
    uint32_t handle, pitch;
    uint8_t *pixels;
};

static struct buffer create(uint32_t width, uint32_t height) {
    struct drm_dumb_buffer dumb = {.width = width, .height = height, .bits = 32};
    ask("create a buffer", DRM_CREATE_DUMB, &dumb);
    struct drm_mapping mapping = {.handle = dumb.handle};
    ask("map it", DRM_MAP_DUMB, &mapping);
    const int64_t at = call6(SYS_mmap, 0, dumb.size, PROT_READ | PROT_WRITE, MAP_SHARED, (uint64_t)card, mapping.offset);
    return (struct buffer){dumb.handle, dumb.pitch, (uint8_t *)at};
}

static uint32_t *row(const struct buffer *buffer, uint32_t y) { return (uint32_t *)(buffer->pixels + (uint64_t)y * buffer->pitch); }

int run(int argc) {
    card = open_file("/dev/dri/card0", O_RDWR);
    if (card < 0) {
        print("PICTURE FAILED open /dev/dri/card0: error %d\n", -card);
        return 1;
    }
    uint32_t crtcs[4], connectors[4];
    struct drm_resources resources = {.crtcs = (uintptr_t)crtcs, .connectors = (uintptr_t)connectors, .crtc_count = 4, .connector_count = 4};
    ask("get resources", DRM_GET_RESOURCES, &resources);
    static struct drm_mode modes[64];
    struct drm_connector connector = {.id = connectors[0]};
    ask("count modes", DRM_GET_CONNECTOR, &connector);
    const uint32_t count = connector.mode_count < 64 ? connector.mode_count : 64;
    connector = (struct drm_connector){.id = connectors[0], .modes = (uintptr_t)modes, .mode_count = count};
    ask("get modes", DRM_GET_CONNECTOR, &connector);
    const uint32_t width = modes[0].width, height = modes[0].height;

    const struct buffer picture = create(width, height);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) row(&picture, y)[x] = (x & 255) << 16 | (y & 255) << 8 | ((x ^ y) & 255);
    struct drm_framebuffer fb = {.width = width, .height = height, .pitch = picture.pitch, .bits = 32, .depth = 24, .handle = picture.handle};
    ask("add a framebuffer", DRM_ADD_FRAMEBUFFER, &fb);
    struct drm_crtc crtc = {.connectors = (uintptr_t)connectors, .connector_count = 1, .id = crtcs[0], .fb = fb.id, .mode_valid = 1, .mode = modes[0]};
    ask("show it", DRM_SET_CRTC, &crtc);

    const struct buffer arrow = create(CURSOR_SIDE, CURSOR_SIDE);
    for (uint32_t y = 0; y < CURSOR_SIDE; y++)
        for (uint32_t x = 0; x < CURSOR_SIDE; x++) row(&arrow, y)[x] = x <= y ? 0xff000000u | x << 16 | y << 8 : 0;
    struct drm_cursor cursor = {.flags = DRM_CURSOR_IMAGE | DRM_CURSOR_MOVE, .crtc = crtcs[0], .x = 30, .y = 40, .width = CURSOR_SIDE, .height = CURSOR_SIDE, .handle = arrow.handle};
    ask("set the cursor", DRM_CURSOR, &cursor);

    if (argc > 1) {
        for (uint32_t y = 0; y < height / 2; y++)
            for (uint32_t x = 0; x < width / 2; x++) row(&picture, y)[x] = 0xffffff;
        uint16_t clip[4] = {0, 0, (uint16_t)(width / 2), (uint16_t)(height / 2)};
        struct drm_dirty dirty = {.fb = fb.id, .clip_count = 1, .clips = (uintptr_t)clip};
        ask("show the change", DRM_DIRTY, &dirty);
    }
    print("PICTURE %ux%u %s is shown\n", width, height, modes[0].name);
    const uint64_t day[2] = {86400, 0};
    for (;;) call(SYS_nanosleep, (uintptr_t)day, 0, 0, 0);
}
