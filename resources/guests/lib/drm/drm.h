// The part of Linux's DRM interface (include/uapi/drm/drm.h, drm_mode.h) that shows a picture of one's own.
#pragma once
#include <stdint.h>

struct drm_resources {
    uint64_t fbs, crtcs, connectors, encoders;
    uint32_t fb_count, crtc_count, connector_count, encoder_count;
    uint32_t min_width, max_width, min_height, max_height;
};

struct drm_mode {
    uint32_t clock;
    uint16_t width, hsync_start, hsync_end, htotal, hskew;
    uint16_t height, vsync_start, vsync_end, vtotal, vscan;
    uint32_t refresh, flags, type;
    char name[32];
};

struct drm_connector {
    uint64_t encoders, modes, properties, values;
    uint32_t mode_count, property_count, encoder_count;
    uint32_t encoder, id, type, type_id, connection, mm_width, mm_height, subpixel, pad;
};

struct drm_dumb_buffer {
    uint32_t height, width, bits, flags, handle, pitch;
    uint64_t size;
};

struct drm_mapping {
    uint32_t handle, pad;
    uint64_t offset;
};

struct drm_framebuffer {
    uint32_t id, width, height, pitch, bits, depth, handle;
};

struct drm_crtc {
    uint64_t connectors;
    uint32_t connector_count, id, fb, x, y, gamma_size, mode_valid;
    struct drm_mode mode;
};

struct drm_dirty {
    uint32_t fb, flags, color, clip_count;
    uint64_t clips;
};

struct drm_cursor {
    uint32_t flags, crtc;
    int32_t x, y;
    uint32_t width, height, handle;
    int32_t hot_x, hot_y;
};
enum { DRM_CURSOR_IMAGE = 1, DRM_CURSOR_MOVE = 2 };

// _IOWR('d', number, type)
#define DRM_REQUEST(number, type) (0xc0006400u | (uint32_t)(number) | (uint32_t)sizeof(type) << 16)
#define DRM_GET_RESOURCES DRM_REQUEST(0xa0, struct drm_resources)
#define DRM_SET_CRTC DRM_REQUEST(0xa2, struct drm_crtc)
#define DRM_GET_CONNECTOR DRM_REQUEST(0xa7, struct drm_connector)
#define DRM_ADD_FRAMEBUFFER DRM_REQUEST(0xae, struct drm_framebuffer)
#define DRM_DIRTY DRM_REQUEST(0xb1, struct drm_dirty)
#define DRM_CREATE_DUMB DRM_REQUEST(0xb2, struct drm_dumb_buffer)
#define DRM_MAP_DUMB DRM_REQUEST(0xb3, struct drm_mapping)
#define DRM_CURSOR DRM_REQUEST(0xbb, struct drm_cursor)
