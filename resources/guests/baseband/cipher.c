// Bursts are ciphered between interleaving and the burst's structure (3GPP TS 43.020 §C.1.1), each with the keystream of its own frame.
#include "../lib/a51/a51.h"
#include "baseband.h"

// Kc. A SIM's algorithm A8 would make it anew of the network's challenge (§C.3.3); here there is neither.
static const uint8_t key[A51_KEY_BYTES] = {0x8d, 0x1f, 0x52, 0xa6, 0x37, 0xc4, 0x0b, 0xe9};

void cipher_burst(uint32_t frame_number, uint8_t data[BURST_BITS]) {
    uint8_t downlink[A51_BURST_BYTES], uplink[A51_BURST_BYTES];
    a51_keystream(key, a51_count(frame_number), downlink, uplink);
    for (unsigned i = 0; i < BURST_BITS; i++) data[i] ^= uplink[i / 8] >> (7 - i % 8) & 1;
}
