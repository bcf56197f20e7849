#include "../lib/pocketvisor.h"
#include "bank.h"
#include "pin.h"

enum { CAPABILITY = 0, LINE_SIZE = 128 };
static const char LINE_START[] = "challenge ";

static void (*tell)(const struct request *);
static struct task reader, listener;
TASK_STACK(reader_stack, 2048);
TASK_STACK(listener_stack, 2048);
static volatile struct bank_channel *channel; // 0: there is none
static struct semaphore rung;

static int digit_of(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

// Bytes of a hexadecimal text; false for anything else.
static bool read_challenge(const char *text, struct request *request) {
    for (; text[0]; text += 2) {
        const int high = digit_of(text[0]), low = high < 0 ? -1 : digit_of(text[1]);
        if (low < 0 || request->size == CHALLENGE_MOST) return false;
        request->challenge[request->size++] = (uint8_t)(high << 4 | low);
    }
    return request->size > 0;
}

static void read_lines(void *argument) {
    static char line[LINE_SIZE];
    (void)argument;
    for (;;) {
        struct request request = {.size = 0};
        console_read_line(line, sizeof line);
        if (!line[0]) continue;
        if (!starts_with(line, LINE_START)) print("refused: not a challenge\n");
        else if (!read_challenge(line + sizeof LINE_START - 1, &request)) print("refused: 1 to %d bytes in hexadecimal\n", CHALLENGE_MOST);
        else tell(&request);
    }
}

static void rings(void *argument) {
    (void)argument;
    pv_call(PV_TAKE, CAPABILITY, 0);
    semaphore_give(&rung);
}

// What the other side may change at any time is read once.
static void listen(void *argument) {
    uint32_t last = 0;
    (void)argument;
    for (;;) {
        semaphore_take(&rung, FOREVER);
        struct request request = {.number = channel->asked};
        const uint32_t words = channel->challenge_words;
        if (request.number == last || request.number == 0) continue;
        last = request.number;
        if (words == 0 || words > BANK_CHALLENGE) {
            answer_refused(&request, "not a challenge");
            continue;
        }
        for (uint32_t n = 0; n < words; n++) {
            const uint32_t word = channel->challenge[n];
            for (unsigned byte = 0; byte < 4; byte++) request.challenge[request.size++] = (uint8_t)(word >> 8 * byte);
        }
        tell(&request);
    }
}

void requests_start(void (*arrived)(const struct request *)) {
    tell = arrived;
    const struct pv_result map = pv_call(PV_MAP, CAPABILITY, 0);
    if (map.status == 0) {
        memory_map((struct range){map.value[0], map.value[1]}, MEMORY_DATA);
        channel = (volatile struct bank_channel *)map.value[0];
        task_start(&listener, "listener", MAIN_PRIORITY, listen, 0, listener_stack);
        interrupt_connect((struct interrupt){(uint32_t)map.value[2], false}, rings, 0);
    }
    task_start(&reader, "reader", MAIN_PRIORITY, read_lines, 0, reader_stack);
}

static void answer(const struct request *request, uint32_t verdict) {
    channel->verdict = verdict;
    __asm__ volatile("dmb sy" ::: "memory");
    channel->answered = request->number;
    __asm__ volatile("dmb sy" ::: "memory");
    pv_call(PV_NOTIFY, CAPABILITY, request->number);
}

void answer_signed(const struct request *request, const uint8_t signature[SHA256_DIGEST]) {
    if (request->number == 0) {
        print("response ");
        for (int i = 0; i < SHA256_DIGEST; i++) print("%02x", signature[i]);
        print("\n");
        return;
    }
    for (unsigned n = 0; n < BANK_SIGNATURE; n++) {
        uint32_t word = 0;
        for (unsigned byte = 0; byte < 4; byte++) word |= (uint32_t)signature[4 * n + byte] << 8 * byte;
        channel->signature[n] = word;
    }
    answer(request, BANK_SIGNED);
    print("pin: signed\n");
}

void answer_refused(const struct request *request, const char *reason) {
    print("refused: %s\n", reason);
    if (request->number != 0) answer(request, BANK_REFUSED);
}
