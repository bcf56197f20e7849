// What the hypervisor offers a guest that knows it: HVC #0 with the function in X0 and arguments from X1 on (SMCCC). X0 is 0 after it, or
// negative: -1 there is no such call, -2 not granted, -3 no such capability. Written from emulator/hypervisor/hypercalls; do not edit.
#pragma once
#include <stdint.h>

// version: The version of this interface.
//   out X1: major in bits 31:16, minor in 15:0
#define PV_VERSION 0xc6000000

// notify: Rings the other ends of a channel.
//   in  X1: capability
//   in  X2: payload of 32 bits
#define PV_NOTIFY 0xc6000001

// wait: Waits until an interrupt is pending or a time has passed.
//   in  X1: ns, or 0 for as long as it takes
#define PV_WAIT 0xc6000002

// yield: Gives the rest of its turn to equals.
#define PV_YIELD 0xc6000003

// map: Where a channel is.
//   in  X1: capability
//   out X1: address of the memory
//   out X2: its size
//   out X3: INTID of the doorbell
//   out X4: address of the doorbell's page
//   out X5: rights: 1 read, 2 write
#define PV_MAP 0xc6000004

// time: Virtual time since the machine was started.
//   out X1: ns
#define PV_TIME 0xc6000005

// console: Writes a byte to the cell's console.
//   in  X1: byte
#define PV_CONSOLE 0xc6000006

// cell_state: How the cell at a channel's other end does.
//   in  X1: capability
//   out X1: 0 off, 1 running, 2 paused, 3 failed, 4 restarting
//   out X2: how often it was started anew
#define PV_CELL_STATE 0xc6000007

// take: Takes what was rung last; the doorbell's interrupt goes down.
//   in  X1: capability
//   out X1: payload; 0 when nothing was rung since
#define PV_TAKE 0xc6000008

// X0 to X5 after a call.
struct pv_result {
    int64_t status;
    uint64_t value[5];
};

static inline struct pv_result pv_call(uint64_t function, uint64_t first, uint64_t second) {
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = first;
    register uint64_t x2 __asm__("x2") = second;
    register uint64_t x3 __asm__("x3");
    register uint64_t x4 __asm__("x4");
    register uint64_t x5 __asm__("x5");
    __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "=r"(x3), "=r"(x4), "=r"(x5) : : "memory");
    return (struct pv_result){(int64_t)x0, {x1, x2, x3, x4, x5}};
}
