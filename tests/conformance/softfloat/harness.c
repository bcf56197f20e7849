/*
 * Executes single floating point instructions of AArch64 and tells their results: the reference of the softfloat library.
 *
 *   harness --list   the names of the operations, one a line, in the order of their numbers
 *   harness          records from standard input {u32 operation, u32 FPCR, u64 a, u64 b, u64 c}, answers to standard output
 *                    {u64 result, u32 FPSR, u32 zero}; little endian
 *
 * Each instruction finds a, b and c in V0, V1, V2 and a also in X10; it leaves its result in X9.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct record {
    uint32_t operation, fpcr;
    uint64_t a, b, c;
};

struct answer {
    uint64_t result;
    uint32_t fpsr, zero;
};

#define INSTRUCTION(name, text)                                                                     \
    static uint64_t run_##name(const struct record *in, uint32_t *flags) {                          \
        uint64_t result, cr = in->fpcr, sr;                                                         \
        __asm__ volatile("msr fpcr, %[cr]\n\t"                                                      \
                         "msr fpsr, xzr\n\t"                                                        \
                         "fmov d0, %[a]\n\t"                                                        \
                         "fmov d1, %[b]\n\t"                                                        \
                         "fmov d2, %[c]\n\t"                                                        \
                         "mov x10, %[a]\n\t" text "\n\t"                                            \
                         "mrs %[sr], fpsr\n\t"                                                      \
                         "msr fpcr, xzr\n\t"                                                        \
                         "mov %[result], x9"                                                        \
                         : [result] "=&r"(result), [sr] "=&r"(sr)                                   \
                         : [cr] "r"(cr), [a] "r"(in->a), [b] "r"(in->b), [c] "r"(in->c)             \
                         : "x9", "x10", "v0", "v1", "v2", "cc", "memory");                          \
        *flags = (uint32_t)sr;                                                                      \
        return result;                                                                              \
    }

#define TO_X9 "\n\tfmov x9, d0"
#define FLAGS_TO_X9 "\n\tmrs x9, nzcv\n\tlsr x9, x9, #28"

#define TWO(X, name) \
    X(name##_s, #name " s0, s0, s1" TO_X9) \
    X(name##_d, #name " d0, d0, d1" TO_X9)
#define ONE(X, name) \
    X(name##_s, #name " s0, s0" TO_X9) \
    X(name##_d, #name " d0, d0" TO_X9)
#define COMPARE(X, name) \
    X(name##_s, #name " s0, s1" FLAGS_TO_X9) \
    X(name##_d, #name " d0, d1" FLAGS_TO_X9)
#define TO_INTEGER(X, name) \
    X(name##_ws, #name " w9, s0") \
    X(name##_xs, #name " x9, s0") \
    X(name##_wd, #name " w9, d0") \
    X(name##_xd, #name " x9, d0")
#define TO_FIXED(X, name) \
    X(name##_ws_1, #name " w9, s0, #1") \
    X(name##_ws_16, #name " w9, s0, #16") \
    X(name##_ws_32, #name " w9, s0, #32") \
    X(name##_xs_40, #name " x9, s0, #40") \
    X(name##_wd_7, #name " w9, d0, #7") \
    X(name##_xd_1, #name " x9, d0, #1") \
    X(name##_xd_33, #name " x9, d0, #33") \
    X(name##_xd_64, #name " x9, d0, #64")
#define FROM_FIXED(X, name) \
    X(name##_sw, #name " s0, w10" TO_X9) \
    X(name##_sx, #name " s0, x10" TO_X9) \
    X(name##_dw, #name " d0, w10" TO_X9) \
    X(name##_dx, #name " d0, x10" TO_X9) \
    X(name##_sw_5, #name " s0, w10, #5" TO_X9) \
    X(name##_sw_32, #name " s0, w10, #32" TO_X9) \
    X(name##_sx_17, #name " s0, x10, #17" TO_X9) \
    X(name##_sx_64, #name " s0, x10, #64" TO_X9) \
    X(name##_dw_16, #name " d0, w10, #16" TO_X9) \
    X(name##_dx_1, #name " d0, x10, #1" TO_X9) \
    X(name##_dx_64, #name " d0, x10, #64" TO_X9)

#define ALL(X) \
    TWO(X, fadd) TWO(X, fsub) TWO(X, fmul) TWO(X, fmulx) TWO(X, fdiv) \
    TWO(X, fmax) TWO(X, fmin) TWO(X, fmaxnm) TWO(X, fminnm) TWO(X, frecps) TWO(X, frsqrts) \
    TWO(X, fcmeq) TWO(X, fcmge) TWO(X, fcmgt) \
    ONE(X, fsqrt) ONE(X, frecpe) ONE(X, frsqrte) ONE(X, frecpx) \
    ONE(X, frintn) ONE(X, frintp) ONE(X, frintm) ONE(X, frintz) ONE(X, frinta) ONE(X, frintx) ONE(X, frinti) \
    X(fmadd_s, "fmadd s0, s1, s2, s0" TO_X9) X(fmadd_d, "fmadd d0, d1, d2, d0" TO_X9) \
    COMPARE(X, fcmp) COMPARE(X, fcmpe) \
    X(fcvt_sh, "fcvt s0, h0" TO_X9) X(fcvt_dh, "fcvt d0, h0" TO_X9) \
    X(fcvt_hs, "fcvt h0, s0" TO_X9) X(fcvt_ds, "fcvt d0, s0" TO_X9) \
    X(fcvt_hd, "fcvt h0, d0" TO_X9) X(fcvt_sd, "fcvt s0, d0" TO_X9) X(fcvtxn_sd, "fcvtxn s0, d0" TO_X9) \
    TO_INTEGER(X, fcvtns) TO_INTEGER(X, fcvtnu) TO_INTEGER(X, fcvtps) TO_INTEGER(X, fcvtpu) \
    TO_INTEGER(X, fcvtms) TO_INTEGER(X, fcvtmu) TO_INTEGER(X, fcvtzs) TO_INTEGER(X, fcvtzu) \
    TO_INTEGER(X, fcvtas) TO_INTEGER(X, fcvtau) \
    TO_FIXED(X, fcvtzs) TO_FIXED(X, fcvtzu) \
    FROM_FIXED(X, scvtf) FROM_FIXED(X, ucvtf) \
    X(urecpe, "urecpe v0.2s, v0.2s\n\tfmov w9, s0") X(ursqrte, "ursqrte v0.2s, v0.2s\n\tfmov w9, s0")

ALL(INSTRUCTION)

struct entry {
    const char *name;
    uint64_t (*run)(const struct record *, uint32_t *);
};

#define ENTRY(name, text) {#name, run_##name},
static const struct entry entries[] = {ALL(ENTRY)};
#define COUNT (sizeof entries / sizeof entries[0])

static struct record records[4096];
static struct answer answers[4096];

int main(int argc, char **argv) {
    size_t count, i;
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        for (i = 0; i < COUNT; i++)
            puts(entries[i].name);
        return 0;
    }
    while ((count = fread(records, sizeof records[0], 4096, stdin)) > 0) {
        for (i = 0; i < count; i++) {
            if (records[i].operation >= COUNT)
                return 2;
            answers[i].result = entries[records[i].operation].run(&records[i], &answers[i].fpsr);
            answers[i].zero = 0;
        }
        if (fwrite(answers, sizeof answers[0], count, stdout) != count)
            return 1;
    }
    return 0;
}
