#include "../lib/virtio/virtio.h"
#include "ui.h"

static const uint32_t BAR = 0x1f3a5f, GROUND = 0xf3f0e6, PALE = 0xffffff;

int letter_scale(void) { return picture.width >= 400 ? 4 : 2; }

static void text_right(int right, int y, uint32_t colour, const char *words) {
    text(right - (int)length(words) * 6 * letter_scale(), y, letter_scale(), colour, words);
}

static void digits(char *at, uint64_t value) {
    at[0] = (char)('0' + value / 10 % 10);
    at[1] = (char)('0' + value % 10);
}

void frame_show(const struct page *page) {
    const int scale = letter_scale(), bar = 12 * scale, bottom = picture.height - bar;
    const uint64_t minutes = now_ns() / 1000000000 / 60;
    char clock[] = "00:00";
    digits(clock, minutes / 60 % 24);
    digits(clock + 3, minutes % 60);
    fill((struct rect){0, 0, picture.width, bar}, BAR);
    text(2 * scale, 3 * scale, scale, PALE, page->title);
    text_right(picture.width - scale, 3 * scale, PALE, clock);
    fill((struct rect){0, bar, picture.width, bottom - bar}, GROUND);
    page->show((struct rect){2 * scale, bar + 4 * scale, picture.width - 4 * scale, bottom - bar - 8 * scale});
    fill((struct rect){0, bottom, picture.width, bar}, BAR);
    text(2 * scale, bottom + 3 * scale, scale, PALE, page->left);
    text_right(picture.width - scale, bottom + 3 * scale, PALE, page->right);
    gpu_show((struct rect){0, 0, picture.width, picture.height});
}
