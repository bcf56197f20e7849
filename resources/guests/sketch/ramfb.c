// ramfb: a framebuffer in RAM of which fw_cfg is told (QEMU docs/specs/fw_cfg.rst, hw/display/ramfb.c).
#include "sketch.h"

static const uintptr_t FW_CFG = 0x09020000;
enum { DATA = 0, SELECTOR = 8, DMA_HIGH = 16, DMA_LOW = 20 };
enum { FILE_DIRECTORY = 0x19, DMA_SELECT = 1 << 3, DMA_WRITE = 1 << 4 };
static const uint32_t XRGB8888 = 0x34325258; // 'XR24'

uint32_t pixels[HEIGHT][WIDTH] __attribute__((aligned(4096)));

// All of it big-endian.
struct dma { uint32_t control, length, address_high, address_low; };
struct config { uint32_t address_high, address_low, format, flags, width, height, stride; };

static uint32_t big(uint32_t value) { return __builtin_bswap32(value); }
static uint8_t next_byte(void) { return *(volatile uint8_t *)(FW_CFG + DATA); }
static uint32_t next32(void) {
    uint32_t value = 0;
    for (int n = 0; n < 4; n++) value = value << 8 | next_byte();
    return value;
}

// The selector of a file; 0 where there is none.
static uint32_t find(const char *wanted) {
    *(volatile uint16_t *)(FW_CFG + SELECTOR) = __builtin_bswap16(FILE_DIRECTORY);
    for (uint32_t count = next32(); count > 0; count--) {
        char name[56];
        next32(); // size
        const uint32_t selector = next32() >> 16;
        for (size_t n = 0; n < sizeof(name); n++) name[n] = (char)next_byte();
        if (equal(name, wanted)) return selector;
    }
    return 0;
}

bool ramfb_init(void) {
    const uint32_t selector = find("etc/ramfb");
    if (selector == 0) return false;
    static struct config config;
    static volatile struct dma dma;
    config.address_low = big((uint32_t)(uintptr_t)pixels);
    config.format = big(XRGB8888);
    config.width = big(WIDTH);
    config.height = big(HEIGHT);
    config.stride = big(WIDTH * 4);
    dma.length = big(sizeof(config));
    dma.address_low = big((uint32_t)(uintptr_t)&config);
    dma.control = big(selector << 16 | DMA_SELECT | DMA_WRITE);
    write32(FW_CFG + DMA_HIGH, 0);
    write32(FW_CFG + DMA_LOW, big((uint32_t)(uintptr_t)&dma));
    while (big(dma.control) & ~1u) {}
    return dma.control == 0;
}
