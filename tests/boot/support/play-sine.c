/* Plays a sine on the first sound card by the kernel's own interface, and prints how long that took. Its samples are those of sine(). */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <sound/asound.h>

enum { RATE = 48000, PERIOD = 480, PERIODS = 8, FRAMES = 100 * PERIOD };

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* A recurrence of integers: the same on every machine. */
static void sine(int16_t *samples, int frames) {
  int64_t a = 0, b = 1000 << 8;
  for (int n = 0; n < frames; n++) {
    a += b / 16;
    b -= a / 16;
    samples[2 * n] = (int16_t)(a >> 8);
    samples[2 * n + 1] = (int16_t)-(a >> 8);
  }
}

static void any(struct snd_pcm_hw_params *p) {
  memset(p, 0, sizeof *p);
  for (int n = 0; n <= SNDRV_PCM_HW_PARAM_LAST_MASK - SNDRV_PCM_HW_PARAM_FIRST_MASK; n++)
    memset(p->masks[n].bits, 0xff, sizeof p->masks[n].bits);
  for (int n = 0; n <= SNDRV_PCM_HW_PARAM_LAST_INTERVAL - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL; n++)
    p->intervals[n].max = UINT32_MAX;
  p->rmask = UINT32_MAX;
}

static void mask(struct snd_pcm_hw_params *p, int param, int bit) {
  struct snd_mask *m = &p->masks[param - SNDRV_PCM_HW_PARAM_FIRST_MASK];
  memset(m->bits, 0, sizeof m->bits);
  m->bits[bit / 32] = 1u << (bit % 32);
}

static void number(struct snd_pcm_hw_params *p, int param, unsigned value) {
  struct snd_interval *i = &p->intervals[param - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL];
  i->min = i->max = value;
  i->integer = 1;
}

int main(void) {
  static int16_t samples[2 * FRAMES];
  int card = open("/dev/snd/pcmC0D0p", O_RDWR);
  if (card < 0) fail("/dev/snd/pcmC0D0p");

  struct snd_pcm_hw_params p;
  any(&p);
  mask(&p, SNDRV_PCM_HW_PARAM_ACCESS, SNDRV_PCM_ACCESS_RW_INTERLEAVED);
  mask(&p, SNDRV_PCM_HW_PARAM_FORMAT, SNDRV_PCM_FORMAT_S16_LE);
  mask(&p, SNDRV_PCM_HW_PARAM_SUBFORMAT, SNDRV_PCM_SUBFORMAT_STD);
  number(&p, SNDRV_PCM_HW_PARAM_CHANNELS, 2);
  number(&p, SNDRV_PCM_HW_PARAM_RATE, RATE);
  number(&p, SNDRV_PCM_HW_PARAM_PERIOD_SIZE, PERIOD);
  number(&p, SNDRV_PCM_HW_PARAM_PERIODS, PERIODS);
  if (ioctl(card, SNDRV_PCM_IOCTL_HW_PARAMS, &p)) fail("HW_PARAMS");
  if (ioctl(card, SNDRV_PCM_IOCTL_PREPARE)) fail("PREPARE");

  sine(samples, FRAMES);
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (int done = 0; done < FRAMES;) {
    struct snd_xferi transfer = {.buf = samples + 2 * done, .frames = FRAMES - done};
    if (ioctl(card, SNDRV_PCM_IOCTL_WRITEI_FRAMES, &transfer)) fail("WRITEI_FRAMES");
    done += transfer.result;
  }
  if (ioctl(card, SNDRV_PCM_IOCTL_DRAIN)) fail("DRAIN");
  clock_gettime(CLOCK_MONOTONIC, &to);
  printf("PLAYED %ld ms\n", (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000);
  return 0;
}
