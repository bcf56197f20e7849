// What a bank's program and the secure guest have in common: the memory of their channel. Words, for the program reaches it as a device's registers.
#pragma once
#include <stdint.h>

enum { BANK_CHALLENGE = 12, BANK_SIGNATURE = 8 };
enum bank_verdict { BANK_SIGNED = 1, BANK_REFUSED = 2 };

struct bank_channel {
    // Written by the program, `asked` last and another than before; then it rings.
    uint32_t asked, challenge_words, challenge[BANK_CHALLENGE];
    // Written by the secure guest, `answered` last: it is what was asked.
    uint32_t answered, verdict, signature[BANK_SIGNATURE];
};
