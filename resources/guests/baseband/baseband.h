// A phone's baseband on the real-time kernel: what its parts share.
#pragma once
#include "../lib/link/link.h"
#include "../rtos/rtos.h"

// What must begin with the air comes first, and is short but for a group; then, what comes more often is more urgent.
enum { GSM_FRAME_PRIORITY = 30, CDMA_FRAME_PRIORITY = 29, CDMA_GROUP_PRIORITY = 28 };
enum { GSM_CODING_PRIORITY = 26, CDMA_CODING_PRIORITY = 24, VOICE_PRIORITY = 20, PHONE_PRIORITY = 18, CALL_PRIORITY = 14 };

// radio.c: the TDMA radio (emulator/devices/radio/README.md).
enum radio_source { GSM_FRAME, GSM_BURST, CDMA_FRAME, CDMA_GROUP, RADIO_SOURCES };
struct radio_statistics {
    uint32_t events, completed, missed, late, worst_release_ns, worst_response_ns;
};
bool radio_init(void);
// So long after an event it must be done; else until the next one.
void radio_deadline(enum radio_source, uint32_t ns);
void radio_start(uint32_t sources);
// The next event's number; the radio learns that its task has begun, and later that it has finished.
uint32_t radio_wait(enum radio_source);
void radio_done(enum radio_source, uint32_t number);
void radio_statistics(enum radio_source, struct radio_statistics *);
uint32_t radio_receive(void);
void radio_send(uint32_t word);
// The command of the power-control group that has begun.
void radio_power(bool louder);

// channel-code.c: speech frames for the air (3GPP TS 45.003 §3.1). Bits are bytes of 0 and 1.
enum { SPEECH_BITS = 260, CODED_BITS = 456, BURST_BITS = 114, INTERLEAVED_BURSTS = 8 };
void channel_encode(const uint8_t speech[SPEECH_BITS], uint8_t coded[CODED_BITS]);
// Answers whether the parity of the important bits holds.
bool channel_decode(const uint8_t coded[CODED_BITS], uint8_t speech[SPEECH_BITS]);
// Block n lies in the bursts 4n to 4n + 7, half of each.
void interleave(uint8_t bursts[INTERLEAVED_BURSTS][BURST_BITS], unsigned block, const uint8_t coded[CODED_BITS]);
void deinterleave(const uint8_t bursts[INTERLEAVED_BURSTS][BURST_BITS], unsigned block, uint8_t coded[CODED_BITS]);

// burst.c: normal bursts (TS 45.002 §5.2.3).
enum { BURST_WORDS = 5, BURSTS_IN_FRAME = 8 };
void burst_build(const uint8_t data[BURST_BITS], uint32_t words[BURST_WORDS]);
// Answers how many bits of the training sequence are as they should be, of 26, at the best of five places.
unsigned burst_take_apart(const uint32_t words[BURST_WORDS], uint8_t data[BURST_BITS]);

// cipher.c: A5/1 of what goes up in a frame; once more, and it is plain again.
void cipher_burst(uint32_t frame_number, uint8_t data[BURST_BITS]);

// gsm.c, cdma.c: the tasks that keep up with the radio.
void gsm_start(void);
void cdma_start(void);
struct gsm_counts {
    uint32_t sent, received, wrong, unheard;
};
extern struct gsm_counts gsm_counts;
struct cdma_counts {
    uint32_t up, down, sum;
};
extern struct cdma_counts cdma_counts;

// voice.c: 20 ms of speech in each direction while a call is connected.
enum { SPEECH_SAMPLES = 160, SPEECH_BYTES = 33 };
// Of the last call, in frames. Late: the radio wanted one and there was none. `digest`: CRC-32 of all that were encoded.
struct voice_counts {
    uint32_t encoded, sent, late, decoded, digest;
};
extern struct voice_counts voice_counts;
void voice_start(void);
// Takes what is to be said now, and asks for the next; false: nothing was ready in time.
bool voice_take(uint8_t frame[SPEECH_BYTES]);
void voice_heard(const uint8_t frame[SPEECH_BYTES]);

// phone.c: who speaks and listens, on the other side of a channel.
// Of the last call, in frames: spoken by the phone; silence before the first of them and since; how often it fell silent; what there was no room for.
struct phone_counts {
    uint32_t spoken, silent_before, silent_since, gaps, too_many;
};
extern struct phone_counts phone_counts;
// Answers whether there is a channel.
bool phone_start(void);
void phone_begins(void);
// What it says, if it has said something in time.
bool phone_speaks(int16_t samples[SPEECH_SAMPLES]);
void phone_hears(const int16_t samples[SPEECH_SAMPLES]);
void phone_call(enum link_call state);
struct link_reader phone_reader(void);

// call.c: one call at a time.
void call_start(void);
void call_dial(const char *number);
void call_hang_up(void);
bool call_is_connected(void);
enum link_call call_now(void);
const char *call_state(void);
