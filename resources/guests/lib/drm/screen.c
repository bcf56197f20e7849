#include "screen.h"
#include "../../hello/hello.h"

enum { SYS_ioctl = 29, MAP_SHARED = 1 };

static int card;
static const char *program;
static uint32_t connectors[4];
static struct drm_mode modes[64];

void uart_write(char c) { call(SYS_write, 1, (uintptr_t)&c, 1, 0); }

_Noreturn void end(int code) {
    for (;;) call(SYS_exit_group, (uint64_t)code, 0, 0, 0);
}

void drm_ask(const char *what, uint32_t request, void *data) {
    const int64_t error = call(SYS_ioctl, (uint64_t)card, request, (uintptr_t)data, 0);
    if (error >= 0) return;
    print("%s FAILED %s: error %d\n", program, what, (int)-error);
    end(1);
}

struct drm_image drm_create(uint32_t width, uint32_t height) {
    struct drm_dumb_buffer dumb = {.width = width, .height = height, .bits = 32};
    drm_ask("create a buffer", DRM_CREATE_DUMB, &dumb);
    struct drm_mapping mapping = {.handle = dumb.handle};
    drm_ask("map it", DRM_MAP_DUMB, &mapping);
    const int64_t at = call6(SYS_mmap, 0, dumb.size, PROT_READ | PROT_WRITE, MAP_SHARED, (uint64_t)card, mapping.offset);
    return (struct drm_image){dumb.handle, dumb.pitch, (uint8_t *)at};
}

void drm_open(const char *name, struct drm_screen *screen) {
    program = name;
    card = open_file("/dev/dri/card0", O_RDWR);
    if (card < 0) {
        print("%s FAILED open /dev/dri/card0: error %d\n", program, -card);
        end(1);
    }
    uint32_t crtcs[4];
    struct drm_resources resources = {.crtcs = (uintptr_t)crtcs, .connectors = (uintptr_t)connectors, .crtc_count = 4, .connector_count = 4};
    drm_ask("get resources", DRM_GET_RESOURCES, &resources);
    struct drm_connector connector = {.id = connectors[0]};
    drm_ask("count modes", DRM_GET_CONNECTOR, &connector);
    const uint32_t count = connector.mode_count < 64 ? connector.mode_count : 64;
    connector = (struct drm_connector){.id = connectors[0], .modes = (uintptr_t)modes, .mode_count = count};
    drm_ask("get modes", DRM_GET_CONNECTOR, &connector);
    screen->crtc = crtcs[0];
    screen->width = modes[0].width;
    screen->height = modes[0].height;
    __builtin_memcpy(screen->mode, modes[0].name, sizeof screen->mode);
    screen->image = drm_create(screen->width, screen->height);
}

void drm_show(struct drm_screen *screen) {
    const struct drm_image *image = &screen->image;
    struct drm_framebuffer fb = {.width = screen->width, .height = screen->height, .pitch = image->pitch, .bits = 32, .depth = 24, .handle = image->handle};
    drm_ask("add a framebuffer", DRM_ADD_FRAMEBUFFER, &fb);
    screen->framebuffer = fb.id;
    struct drm_crtc crtc = {.connectors = (uintptr_t)connectors, .connector_count = 1, .id = screen->crtc, .fb = fb.id, .mode_valid = 1, .mode = modes[0]};
    drm_ask("show it", DRM_SET_CRTC, &crtc);
}

void drm_update(const struct drm_screen *screen, uint16_t x, uint16_t y, uint16_t width, uint16_t height) {
    uint16_t clip[4] = {x, y, (uint16_t)(x + width), (uint16_t)(y + height)};
    struct drm_dirty dirty = {.fb = screen->framebuffer, .clip_count = 1, .clips = (uintptr_t)clip};
    drm_ask("show the change", DRM_DIRTY, &dirty);
}
