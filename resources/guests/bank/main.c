// A bank's program on Linux: has a challenge signed by the secure guest over their channel, and paints the whole screen meanwhile, as an application may.
//   bank HEX [FRAMES]   the challenge, whole words; how often it paints before it asks
#include "../hello/hello.h"
#include "../lib/drm/screen.h"
#include "../pin/bank.h"

enum { MAP_SHARED = 1, O_SYNC = 0x101000, PAGE = 4096 };
// Where cells have their first channel (emulator/machine/cells/channel-places.ts).
static const uint64_t DOORBELL = 0x0d000000, MEMORY = 0x0d010000;
static const uint32_t colours[] = {0xe5532d, 0xf2a516, 0x2a9d78, 0x2d7dd2};

static volatile void *device(int memory, uint64_t address) {
    const int64_t at = call6(SYS_mmap, 0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, (uint64_t)memory, address);
    if (at >= 0 || at < -4095) return (volatile void *)at;
    print("BANK FAILED map 0x%lx: error %d\n", address, (int)-at);
    end(1);
}

static uint32_t digit_of(char c) { return c <= '9' ? (uint32_t)(c - '0') : (uint32_t)(c - 'a' + 10); }

static void paint(struct drm_screen *screen, uint32_t colour) {
    for (uint32_t y = 0; y < screen->height; y++)
        for (uint32_t x = 0; x < screen->width; x++) drm_row(&screen->image, y)[x] = colour;
}

static void next_frame(struct drm_screen *screen, uint32_t n) {
    const uint64_t pause[2] = {0, 50000000};
    paint(screen, colours[n % array_length(colours)]);
    drm_update(screen, 0, 0, (uint16_t)screen->width, (uint16_t)screen->height);
    call(SYS_nanosleep, (uintptr_t)pause, 0, 0, 0);
}

int run(int argc, char **argv) {
    const int memory = open_file("/dev/mem", O_RDWR | O_SYNC);
    if (argc < 2 || memory < 0) {
        print("BANK FAILED: %s\n", argc < 2 ? "no challenge" : "no /dev/mem");
        return 1;
    }
    volatile uint32_t *doorbell = device(memory, DOORBELL);
    volatile struct bank_channel *channel = device(memory, MEMORY);
    struct drm_screen screen;
    drm_open("BANK", &screen);
    paint(&screen, colours[0]);
    drm_show(&screen);
    print("BANK %ux%u is painted\n", screen.width, screen.height);

    const uint64_t frames = argc > 2 ? parse_number(argv[2], 0) : 0;
    for (uint32_t n = 0; n < frames; n++) next_frame(&screen, n);

    const size_t words = length(argv[1]) / 8;
    for (size_t n = 0; n < words && n < BANK_CHALLENGE; n++) {
        uint32_t word = 0;
        for (unsigned byte = 0; byte < 4; byte++) {
            const char *at = argv[1] + 8 * n + 2 * byte;
            word |= (digit_of(at[0]) << 4 | digit_of(at[1])) << 8 * byte;
        }
        channel->challenge[n] = word;
    }
    channel->challenge_words = (uint32_t)words;
    const uint32_t number = channel->asked + 1;
    channel->asked = number;
    *doorbell = number;

    for (uint32_t n = 0; channel->answered != number; n++) next_frame(&screen, n);
    if (channel->verdict == BANK_SIGNED) {
        print("BANK SIGNED ");
        for (unsigned n = 0; n < 4 * BANK_SIGNATURE; n++) print("%02x", channel->signature[n / 4] >> n % 4 * 8 & 0xff);
        print("\n");
    } else print("BANK REFUSED\n");
    return 0;
}
