#include "virtio.h"

enum { CONTROL_QUEUE = 0, OUTPUTS = 16, RESOURCE = 1, B8G8R8X8 = 2 };
enum { GET_DISPLAY_INFO = 0x100, RESOURCE_CREATE_2D, SET_SCANOUT = 0x103, RESOURCE_FLUSH, TRANSFER_TO_HOST_2D, RESOURCE_ATTACH_BACKING };
enum { OK_DISPLAY_INFO = 0x1101, MOST_WIDTH = 1280, MOST_PIXELS = 480 * 800 };

struct header {
    uint32_t type, flags;
    uint64_t fence;
    uint32_t context, ring;
};
struct area {
    uint32_t x, y, width, height;
};

static struct virtio device;
static struct virtqueue queue;
static struct semaphore answered;
static uint32_t pixels[MOST_PIXELS] __attribute__((aligned(PAGE_BYTES)));
// What goes to the device, and what comes back.
static struct {
    struct header header;
    union {
        struct {
            uint32_t resource, format, width, height;
        } create;
        struct {
            uint32_t resource, entries;
            uint64_t address;
            uint32_t length, padding;
        } backing;
        struct {
            struct area area;
            uint32_t output, resource;
        } scanout;
        struct {
            struct area area;
            uint64_t offset;
            uint32_t resource, padding;
        } transfer;
        struct {
            struct area area;
            uint32_t resource, padding;
        } flush;
    };
} request;
static volatile struct {
    struct header header;
    struct {
        struct area area;
        uint32_t enabled, flags;
    } outputs[OUTPUTS];
} answer;

static void interrupted(void *argument) {
    uint16_t descriptor;
    (void)argument;
    virtio_acknowledge(&device);
    if (virtqueue_take(&queue, &descriptor)) semaphore_give(&answered);
}

static void ask(uint32_t type, size_t body) {
    request.header = (struct header){.type = type};
    queue.descriptors[0].address = (uintptr_t)&request;
    queue.descriptors[0].length = (uint32_t)(sizeof request.header + body);
    queue.descriptors[0].flags = DESCRIPTOR_NEXT;
    queue.descriptors[0].next = 1;
    queue.descriptors[1].address = (uintptr_t)&answer;
    queue.descriptors[1].length = sizeof answer;
    queue.descriptors[1].flags = DESCRIPTOR_WRITE;
    virtqueue_offer(&queue, 0);
    virtio_notify(&device, CONTROL_QUEUE);
    semaphore_take(&answered, FOREVER);
}

bool gpu_start(void) {
    if (!virtio_find(VIRTIO_GPU, 0, &device)) return false;
    virtio_begin(&device);
    virtio_queue(&device, CONTROL_QUEUE, &queue);
    interrupt_connect(device.interrupt, interrupted, 0);
    virtio_ready(&device);
    ask(GET_DISPLAY_INFO, 0);
    if (answer.header.type != OK_DISPLAY_INFO || !answer.outputs[0].enabled) return false;
    const uint32_t wide = answer.outputs[0].area.width, high = answer.outputs[0].area.height;
    const uint32_t width = wide < MOST_WIDTH ? wide : MOST_WIDTH;
    const uint32_t height = width * high <= MOST_PIXELS ? high : MOST_PIXELS / width;
    picture = (struct picture){pixels, (int)width, (int)height};
    request.create.resource = RESOURCE;
    request.create.format = B8G8R8X8;
    request.create.width = width;
    request.create.height = height;
    ask(RESOURCE_CREATE_2D, sizeof request.create);
    request.backing.resource = RESOURCE;
    request.backing.entries = 1;
    request.backing.address = (uintptr_t)pixels;
    request.backing.length = width * height * 4;
    request.backing.padding = 0;
    ask(RESOURCE_ATTACH_BACKING, sizeof request.backing);
    request.scanout.area = (struct area){0, 0, width, height};
    request.scanout.output = 0;
    request.scanout.resource = RESOURCE;
    ask(SET_SCANOUT, sizeof request.scanout);
    return true;
}

void gpu_show(struct rect rect) {
    const struct area area = {(uint32_t)rect.x, (uint32_t)rect.y, (uint32_t)rect.width, (uint32_t)rect.height};
    request.transfer.area = area;
    request.transfer.offset = 4ull * (area.y * (uint32_t)picture.width + area.x);
    request.transfer.resource = RESOURCE;
    request.transfer.padding = 0;
    ask(TRANSFER_TO_HOST_2D, sizeof request.transfer);
    request.flush.area = area;
    request.flush.resource = RESOURCE;
    request.flush.padding = 0;
    ask(RESOURCE_FLUSH, sizeof request.flush);
}
