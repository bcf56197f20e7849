// A5/1, the stream cipher of GSM (3GPP TS 43.020 annex C says what goes in and out; the registers are those of Briceno, Goldberg and Wagner).
// It protects nothing today: a baseband needs it to speak as the network does.
#pragma once
#include <stdint.h>

enum { A51_KEY_BYTES = 8, A51_BURST_BITS = 114, A51_BURST_BYTES = 15 };

// What is XORed to the 114 bits of a burst in either direction, the first bit on top; the last 6 bits are 0. Of the key's bytes the lowest bit is
// taken first; `count` has 22 bits.
void a51_keystream(const uint8_t key[A51_KEY_BYTES], uint32_t count, uint8_t downlink[A51_BURST_BYTES], uint8_t uplink[A51_BURST_BYTES]);

// COUNT of a TDMA frame (TS 43.020 C.1.2): the frame number as T1, T3 and T2 of TS 45.002.
uint32_t a51_count(uint32_t frame_number);
