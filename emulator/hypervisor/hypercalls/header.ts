import { FUNCTION_BASE, type Hypercall } from './hypercall.ts';
import { hypercalls } from './index.ts';

function comment({ name, summary, arguments: given, results }: Hypercall): string {
  const list = (what: string, names: readonly string[]): string[] => names.map((each, n) => `//   ${what} X${n + 1}: ${each}`);
  return [`// ${name}: ${summary}`, ...list('in ', given), ...list('out', results)].join('\n');
}

const hex = (value: number): string => `0x${value.toString(16)}`;

/** resources/guests/lib/pocketvisor.h: the calls for guests in C. */
export function hypercallHeader(): string {
  const rows = hypercalls.map(
    (call) => `${comment(call)}\n#define PV_${call.name.toUpperCase()} ${hex(FUNCTION_BASE + call.number)}`,
  );
  return `// What the hypervisor offers a guest that knows it: HVC #0 with the function in X0 and arguments from X1 on (SMCCC). X0 is 0 after it, or
// negative: -1 there is no such call, -2 not granted, -3 no such capability. Written from emulator/hypervisor/hypercalls; do not edit.
#pragma once
#include <stdint.h>

${rows.join('\n\n')}

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
`;
}
