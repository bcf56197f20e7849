/*
 * Plays a second of a sine on the virtio sound card (virtio 1.2 §5.14) as drivers do: queries, parameters, four periods ahead, drain. Says on the
 * UART how long that took by the counter. Bare metal, MMU off, queues polled.
 */
#include <stdint.h>

enum { RATE = 48000, PERIOD = 480, PERIODS = 100, AHEAD = 4, FRAME_BYTES = 4, PERIOD_BYTES = PERIOD * FRAME_BYTES };
enum { SLOTS = 32, SLOT_BYTES = 0x200, SOUND = 25, SIZE = 16 };
enum { NEXT = 1, WRITE = 2 };
enum { CONTROL = 0, TRANSMIT = 2 };
enum { PCM_SET_PARAMS = 0x101, PCM_PREPARE, PCM_RELEASE, PCM_START, PCM_STOP, OK = 0x8000 };
enum { FORMAT_S16 = 5, RATE_48000 = 7 };

#define UART ((volatile uint32_t *)0x09000000)
#define VIRTIO 0x0a000000

struct descriptor {
  uint64_t address;
  uint32_t length;
  uint16_t flags, next;
};
struct queue {
  _Alignas(16) struct descriptor descriptors[SIZE];
  _Alignas(4) struct { uint16_t flags, index, ring[SIZE]; } available;
  _Alignas(4) volatile struct { uint16_t flags, index; struct { uint32_t id, length; } ring[SIZE]; } used;
  uint16_t seen;
};
struct message {
  uint32_t stream;
  int16_t samples[2 * PERIOD];
  struct { uint32_t code, latency; } status;
};

static struct queue queues[4];
static struct message messages[AHEAD];
static volatile uint32_t *card;

static void print(const char *text) {
  while (*text) *UART = *text++;
}

static void print_number(uint64_t number) {
  char digits[21], *at = digits + 20;
  for (*at = 0; at == digits + 20 || number; number /= 10) *--at = '0' + number % 10;
  print(at);
}

__attribute__((noreturn)) static void off(void) {
  register uint64_t call __asm__("x0") = 0x84000008;
  __asm__ volatile("hvc #0" ::"r"(call));
  for (;;) ;
}

static void check(int is_good, const char *what) {
  if (is_good) return;
  print("FAILED ");
  print(what);
  print("\n");
  off();
}

static uint64_t counter(void) {
  uint64_t value;
  __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(value)::"memory");
  return value;
}

static void find_card(void) {
  for (int slot = 0; slot < SLOTS; slot++) {
    card = (volatile uint32_t *)(uintptr_t)(VIRTIO + slot * SLOT_BYTES);
    if (card[2] == SOUND) return;
  }
  check(0, "card");
}

static void set_up(void) {
  card[0x70 / 4] = 0;
  card[0x70 / 4] = 3;
  card[0x24 / 4] = 1;
  card[0x20 / 4] = 1;
  card[0x70 / 4] = 11;
  check(card[0x70 / 4] == 11, "features");
  for (int n = 0; n < 4; n++) {
    struct queue *q = &queues[n];
    card[0x30 / 4] = n;
    card[0x38 / 4] = SIZE;
    card[0x80 / 4] = (uintptr_t)q->descriptors;
    card[0x90 / 4] = (uintptr_t)&q->available;
    card[0xa0 / 4] = (uintptr_t)&q->used;
    card[0x44 / 4] = 1;
  }
  card[0x70 / 4] = 15;
}

/* Two buffers, at descriptors `first` and the next: what the card reads, and what it answers. */
static void submit(int n, int first, void *out, uint32_t out_bytes, void *in, uint32_t in_bytes) {
  struct queue *q = &queues[n];
  q->descriptors[first] = (struct descriptor){(uintptr_t)out, out_bytes, NEXT, first + 1};
  q->descriptors[first + 1] = (struct descriptor){(uintptr_t)in, in_bytes, WRITE, 0};
  q->available.ring[q->available.index % SIZE] = first;
  __asm__ volatile("dmb sy" ::: "memory");
  q->available.index++;
  __asm__ volatile("dmb sy" ::: "memory");
  card[0x50 / 4] = n;
}

/* Waits a little at a time; answers which came back. */
static uint32_t await(int n) {
  struct queue *q = &queues[n];
  while (q->used.index == q->seen) __asm__ volatile("wfe");
  __asm__ volatile("dmb sy" ::: "memory");
  return q->used.ring[q->seen++ % SIZE].id;
}

static void ask(uint32_t *request, uint32_t bytes, const char *what) {
  volatile uint32_t answer = 0;
  submit(CONTROL, 0, request, bytes, (void *)&answer, sizeof answer);
  await(CONTROL);
  check(answer == OK, what);
}

static void go(uint32_t code, const char *what) {
  uint32_t request[] = {code, 0};
  ask(request, sizeof request, what);
}

static void play(int slot, int32_t *a, int32_t *b) {
  struct message *m = &messages[slot];
  /* A rotation in integers: the same on every machine. */
  for (int n = 0; n < PERIOD; n++) {
    *a += *b >> 4;
    *b -= *a >> 4;
    m->samples[2 * n] = *a >> 8;
    m->samples[2 * n + 1] = -(*a >> 8);
  }
  submit(TRANSMIT, 2 * slot, m, 4 + PERIOD_BYTES, &m->status, sizeof m->status);
}

void main(void) {
  uint64_t frequency;
  int32_t a = 0, b = 1000 << 8;
  __asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
  find_card();
  set_up();
  uint32_t parameters[] = {PCM_SET_PARAMS, 0, AHEAD * PERIOD_BYTES, PERIOD_BYTES, 0, RATE_48000 << 16 | FORMAT_S16 << 8 | 2};
  ask(parameters, sizeof parameters, "parameters");
  go(PCM_PREPARE, "prepare");
  for (int slot = 0; slot < AHEAD; slot++) play(slot, &a, &b);
  uint64_t from = counter();
  go(PCM_START, "start");
  for (int played = 0; played < PERIODS; played++) {
    int slot = await(TRANSMIT) / 2;
    check(messages[slot].status.code == OK, "message");
    if (played < PERIODS - AHEAD) play(slot, &a, &b);
  }
  uint64_t took = counter() - from;
  go(PCM_STOP, "stop");
  go(PCM_RELEASE, "release");
  print("PLAYED ");
  print_number(took * 1000000 / frequency);
  print(" us\n");
  off();
}

__asm__(".section .text.start\n.global _start\n_start: ldr x0, =stack_end\nmov sp, x0\nbl main\n");
