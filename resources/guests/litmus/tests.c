// Litmus tests by the names of the literature ("A Tutorial Introduction to the ARM and POWER Relaxed Memory Models"), and counters.
#include "litmus.h"

// A thread's part in assembler: x and y are the addresses, one and two those values, a and b what was read.
#define PART(name, code)                                                                                                          \
    static uint32_t name(struct cell *cell) {                                                                                     \
        uint64_t a = 0, b = 0, t = 0;                                                                                             \
        __asm__ volatile(".arch_extension lse\n" code                                                                                 \
                         : [a] "+&r"(a), [b] "+&r"(b), [t] "+&r"(t)                                                              \
                         : [x] "r"(&cell->x), [y] "r"(&cell->y), [one] "r"(1ul), [two] "r"(2ul)                                   \
                         : "memory");                                                                                             \
        return (uint32_t)(a | b << 4);                                                                                            \
    }
#define PAIR(name, first, second) PART(name##_0, first) PART(name##_1, second)

#define W(value, at) "str %[" #value "], [%[" #at "]]\n"
#define WREL(value, at) "stlr %[" #value "], [%[" #at "]]\n"
#define R(to, at) "ldr %[" #to "], [%[" #at "]]\n"
#define RACQ(to, at) "ldar %[" #to "], [%[" #at "]]\n"
#define SWAP(value, to, at) "swpal %[" #value "], %[" #to "], [%[" #at "]]\n"
#define SY "dmb ish\n"
#define ST "dmb ishst\n"
#define LD "dmb ishld\n"
#define DSY "dsb ish\n"

PAIR(mp, W(one, x) W(one, y), R(a, y) R(b, x))
PAIR(mp_dmb, W(one, x) SY W(one, y), R(a, y) SY R(b, x))
PAIR(mp_st_ld, W(one, x) ST W(one, y), R(a, y) LD R(b, x))
PAIR(mp_dsb, W(one, x) DSY W(one, y), R(a, y) DSY R(b, x))
PAIR(mp_rel_acq, W(one, x) WREL(one, y), RACQ(a, y) R(b, x))
PAIR(mp_swap, W(one, x) SWAP(one, t, y), RACQ(a, y) R(b, x))
PAIR(sb, W(one, x) R(a, y), W(one, y) R(a, x))
PAIR(sb_dmb, W(one, x) SY R(a, y), W(one, y) SY R(a, x))
PAIR(sb_dsb, W(one, x) DSY R(a, y), W(one, y) DSY R(a, x))
PAIR(sb_st, W(one, x) ST R(a, y), W(one, y) ST R(a, x))
PAIR(sb_rel_acq, WREL(one, x) RACQ(a, y), WREL(one, y) RACQ(a, x))
PAIR(sb_swap, SWAP(one, t, x) RACQ(a, y), SWAP(one, t, y) RACQ(a, x))
PAIR(lb, R(a, x) W(one, y), R(a, y) W(one, x))
PAIR(lb_dmb, R(a, x) SY W(one, y), R(a, y) SY W(one, x))
PAIR(lb_ld, R(a, x) LD W(one, y), R(a, y) LD W(one, x))
PAIR(lb_rel_acq, RACQ(a, x) W(one, y), R(a, y) WREL(one, x))
PAIR(r_dmb, W(one, x) SY W(one, y), W(two, y) SY R(a, x))
PAIR(r_rel_acq, W(one, x) WREL(one, y), WREL(two, y) RACQ(a, x))
PAIR(s_dmb, W(two, x) SY W(one, y), R(a, y) SY W(one, x))
PAIR(two_w_dmb, W(one, x) SY W(two, y), W(one, y) SY W(two, x))
PAIR(two_w_rel, W(one, x) WREL(two, y), W(one, y) WREL(two, x))
PAIR(corr, W(one, x), R(a, x) R(b, x))
// Write to read causality, and independent reads of independent writes.
PART(write_x, W(one, x))
PART(write_y, W(one, y))
PART(release_x, WREL(one, x))
PART(release_y, WREL(one, y))
PART(pass_dmb, R(a, x) SY W(one, y))
PART(read_yx_dmb, R(a, y) SY R(b, x))
PART(read_xy_dmb, R(a, x) SY R(b, y))
PART(read_yx, R(a, y) R(b, x))
PART(read_xy, R(a, x) R(b, y))
PART(read_yx_acq, RACQ(a, y) RACQ(b, x))
PART(read_xy_acq, RACQ(a, x) RACQ(b, y))

#define TWO(text, name) {text, 2, {name##_0, name##_1}}
const struct litmus litmus_tests[] = {
    TWO("MP", mp),
    TWO("MP+dmb", mp_dmb),
    TWO("MP+dmb.st+dmb.ld", mp_st_ld),
    TWO("MP+dsb", mp_dsb),
    TWO("MP+stlr+ldar", mp_rel_acq),
    TWO("MP+swpal+ldar", mp_swap),
    TWO("SB", sb),
    TWO("SB+dmb", sb_dmb),
    TWO("SB+dsb", sb_dsb),
    TWO("SB+dmb.st", sb_st),
    TWO("SB+stlr+ldar", sb_rel_acq),
    TWO("SB+swpal+ldar", sb_swap),
    TWO("LB", lb),
    TWO("LB+dmb", lb_dmb),
    TWO("LB+dmb.ld", lb_ld),
    TWO("LB+ldar+stlr", lb_rel_acq),
    TWO("R+dmb", r_dmb),
    TWO("R+stlr+ldar", r_rel_acq),
    TWO("S+dmb", s_dmb),
    TWO("2+2W+dmb", two_w_dmb),
    TWO("2+2W+stlr", two_w_rel),
    TWO("CoRR", corr),
    {"WRC+dmb", 3, {write_x, pass_dmb, read_yx_dmb}},
    {"IRIW", 4, {write_x, write_y, read_xy, read_yx}},
    {"IRIW+dmb", 4, {write_x, write_y, read_xy_dmb, read_yx_dmb}},
    {"IRIW+stlr+ldar", 4, {release_x, release_y, read_xy_acq, read_yx_acq}},
};
const int litmus_count = sizeof litmus_tests / sizeof litmus_tests[0];

#define ADD(name, code)                                                                                                           \
    static void name(volatile uint64_t *at) {                                                                                     \
        uint64_t v = 0, w = 0, s = 0;                                                                                             \
        __asm__ volatile(".arch_extension lse\n" code : [v] "+&r"(v), [w] "+&r"(w), [s] "+&r"(s) : [p] "r"(at), [one] "r"(1ul) : "memory"); \
    }
#define EXCLUSIVE(load, store, size) "1: " load " %" size "[v], [%[p]]\nadd %[v], %[v], #1\n" store " %w[s], %" size "[v], [%[p]]\ncbnz %w[s], 1b\n"
ADD(exclusive_8, EXCLUSIVE("ldxrb", "stxrb", "w"))
ADD(exclusive_16, EXCLUSIVE("ldaxrh", "stlxrh", "w"))
ADD(exclusive_32, EXCLUSIVE("ldxr", "stlxr", "w"))
ADD(exclusive_64, EXCLUSIVE("ldaxr", "stxr", "x"))
ADD(exclusive_pair_32, "1: ldxp %w[v], %w[w], [%[p]]\nadd %w[v], %w[v], #1\nadd %w[w], %w[w], #1\nstxp %w[s], %w[v], %w[w], [%[p]]\ncbnz %w[s], 1b\n")
ADD(exclusive_pair_64, "1: ldaxp %[v], %[w], [%[p]]\nadd %[v], %[v], #1\nadd %[w], %[w], #1\nstlxp %w[s], %[v], %[w], [%[p]]\ncbnz %w[s], 1b\n")
ADD(add_8, "ldaddb %w[one], %w[v], [%[p]]\n")
ADD(add_16, "staddh %w[one], [%[p]]\n")
ADD(add_32, "ldaddal %w[one], %w[v], [%[p]]\n")
ADD(add_64, "ldadda %[one], %[v], [%[p]]\n")
ADD(compare_32, "1: ldr %w[v], [%[p]]\nmov %w[w], %w[v]\nadd %w[s], %w[v], #1\ncasal %w[w], %w[s], [%[p]]\ncmp %w[w], %w[v]\nb.ne 1b\n")
ADD(compare_64, "1: ldr %[v], [%[p]]\nmov %[w], %[v]\nadd %[s], %[v], #1\ncas %[w], %[s], [%[p]]\ncmp %[w], %[v]\nb.ne 1b\n")
// A lock of SWP around a plain counter beside it.
ADD(swap_lock, "1: swpa %[one], %[v], [%[p]]\ncbnz %[v], 1b\nldr %[w], [%[p], #8]\nadd %[w], %[w], #1\nstr %[w], [%[p], #8]\nstlr xzr, [%[p]]\n")

// CASP takes pairs of registers that follow each other.
static void compare_pair(volatile uint64_t *at) {
    __asm__ volatile(".arch_extension lse\n"
                     "1: ldp x4, x5, [%[p]]\n"
                     "mov x6, x4\nmov x7, x5\n"
                     "add x8, x4, #1\nadd x9, x5, #1\n"
                     "caspal x4, x5, x8, x9, [%[p]]\n"
                     "cmp x4, x6\nccmp x5, x7, #0, eq\nb.ne 1b\n"
                     :
                     : [p] "r"(at)
                     : "x4", "x5", "x6", "x7", "x8", "x9", "cc", "memory");
}

const struct counter counters[] = {
    {"ldxrb+stxrb", 1, exclusive_8},
    {"ldaxrh+stlxrh", 2, exclusive_16},
    {"ldxr+stlxr.w", 4, exclusive_32},
    {"ldaxr+stxr", 8, exclusive_64},
    {"ldxp+stxp.w", 12, exclusive_pair_32},
    {"ldaxp+stlxp", 16, exclusive_pair_64},
    {"ldaddb", 1, add_8},
    {"staddh", 2, add_16},
    {"ldaddal.w", 4, add_32},
    {"ldadda", 8, add_64},
    {"casal.w", 4, compare_32},
    {"cas", 8, compare_64},
    {"caspal", 16, compare_pair},
    {"swpa", 24, swap_lock},
};
const int counter_count = sizeof counters / sizeof counters[0];
