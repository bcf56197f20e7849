// What must stay as it is: memory, registers, devices, channels.
#pragma once
#include "../lib/metal/metal.h"

// registers.S. Puts the secret into all registers that a compiler leaves alone: FP, thread, fault, debug and counter registers.
void registers_fill(uint64_t secret);
// How many of them have changed.
unsigned registers_changed(uint64_t secret);
// Holds it in general registers for some turns of a loop; how many of them have changed then.
unsigned registers_hold(uint64_t secret, uint64_t turns);

// devices.c
void devices_fill(uint64_t secret);
unsigned devices_changed(uint64_t secret);

// The word that belongs at an address: every eighth is the secret itself, so that whoever looks for it finds it.
static inline uint64_t word_of(uint64_t secret, uintptr_t at) { return at % 64 == 0 ? secret : (secret ^ at) * 0x9e3779b97f4a7c15; }
