#include "hello.h"

enum { BLOCK = 256 * 1024 };

static uint32_t table[256];
static uint8_t block[BLOCK];

// The CRC-32 of Ethernet and zip, by table: loads, shifts and little else.
static uint32_t crc32(uint32_t crc, const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) crc = table[(crc ^ bytes[i]) & 0xff] ^ crc >> 8;
    return crc;
}

static void prepare(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (value & 1 ? 0xedb88320 : 0);
        table[i] = value;
    }
    uint32_t random = 1;
    for (size_t i = 0; i < BLOCK; i++) {
        random = random * 1664525 + 1013904223;
        block[i] = (uint8_t)(random >> 24);
    }
}

void crc_demo(const char *argument) {
    const uint64_t mebibytes = parse_number(argument, 4);
    prepare();
    const uint64_t start = micros();
    uint32_t crc = ~0u;
    for (uint64_t i = 0; i < mebibytes * 4; i++) {
        crc = crc32(crc, block, BLOCK);
        if (uart_has_input() && uart_read() == 3) {
            print("^C\n");
            return;
        }
    }
    const uint64_t took = micros() - start;
    const uint64_t rate = took ? mebibytes * 10000000 / took : 0;
    print("crc32 of %lu MiB: " BOLD "%08x" PLAIN ", %lu.%03lu ms of guest time, %lu.%lu MiB/s\n", mebibytes, ~crc, took / 1000,
          took % 1000, rate / 10, rate % 10);
}

// Fixed point, 13 bits of fraction; two columns for each row, as characters are about twice as high as wide.
void mandelbrot_demo(const char *argument) {
    enum { ONE = 1 << 13, COLUMNS = 76, ROWS = 24 };
    const uint64_t limit = parse_number(argument, 96);
    static const char shades[] = " .:-=+*#%@";
    static const uint8_t colours[] = {24, 25, 31, 32, 38, 44, 50, 86, 122, 158};
    for (int row = 0; row < ROWS; row++) {
        int last = -1;
        for (int column = 0; column < COLUMNS; column++) {
            const int64_t cr = -2 * ONE - ONE / 4 + column * (3 * ONE) / COLUMNS;
            const int64_t ci = -ONE - ONE / 5 + row * (2 * ONE + 2 * ONE / 5) / (ROWS - 1);
            int64_t zr = 0, zi = 0;
            uint64_t count = 0;
            for (; count < limit && zr * zr + zi * zi < (int64_t)4 * ONE * ONE; count++) {
                const int64_t next = (zr * zr - zi * zi) / ONE + cr;
                zi = 2 * zr * zi / ONE + ci;
                zr = next;
            }
            int shade = 0;
            while (shade < 9 && (uint64_t)1 << shade < count) shade++;
            if (count >= limit) {
                uart_write(' ');
                continue;
            }
            if (shade != last) print("\033[38;5;%um", colours[last = shade]);
            uart_write(shades[shade]);
        }
        print(PLAIN "\n");
    }
}
