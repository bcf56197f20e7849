// A Linux program's own picture, by DRM and without a C library.
#pragma once
#include "../../bench/linux/calls.h"
#include "drm.h"

struct drm_image {
    uint32_t handle, pitch;
    uint8_t *pixels;
};

struct drm_screen {
    uint32_t crtc, framebuffer, width, height;
    char mode[32];
    struct drm_image image;
};

// A request that must succeed: what fails ends the program, with a line that begins with its name.
void drm_ask(const char *what, uint32_t request, void *data);
struct drm_image drm_create(uint32_t width, uint32_t height);
static inline uint32_t *drm_row(const struct drm_image *image, uint32_t y) { return (uint32_t *)(image->pixels + (uint64_t)y * image->pitch); }
// Opens the card, and makes an image of the size that the monitor prefers. `name` is the program's.
void drm_open(const char *name, struct drm_screen *);
void drm_show(struct drm_screen *);
// Brings a part of it to the screen.
void drm_update(const struct drm_screen *, uint16_t x, uint16_t y, uint16_t width, uint16_t height);
_Noreturn void end(int code);
