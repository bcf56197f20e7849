// Products of square matrices, in whole numbers and in doubles.
#include "kernels.h"

enum { N = 96, INTEGER_ROUNDS = 350, DOUBLE_ROUNDS = 120 };

static uint32_t a[N][N], b[N][N], c[N][N];
static double x[N][N], y[N][N], z[N][N];

uint64_t matrix(void) {
    uint32_t seed = 3;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            a[i][j] = next_random(&seed);
            b[i][j] = next_random(&seed);
        }
    }
    uint64_t sum = 0;
    for (int round = 0; round < INTEGER_ROUNDS; round++) {
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                uint32_t cell = 0;
                for (int k = 0; k < N; k++) cell += a[i][k] * b[k][j];
                c[i][j] = cell;
            }
        }
        sum = mix(sum, c[round % N][round % 7]);
        a[round % N][0] += c[1][round % N];
    }
    return sum;
}

uint64_t double_matrix(void) {
    uint32_t seed = 5;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            x[i][j] = (double)next_random(&seed) / 4294967296.0 - 0.5;
            y[i][j] = (double)next_random(&seed) / 4294967296.0 - 0.5;
        }
    }
    double sum = 0;
    for (int round = 0; round < DOUBLE_ROUNDS; round++) {
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                double cell = 0;
                for (int k = 0; k < N; k++) cell += x[i][k] * y[k][j];
                z[i][j] = cell;
            }
        }
        sum += z[round % N][round % 7];
        x[round % N][0] += z[1][round % N];
    }
    uint64_t bits;
    __builtin_memcpy(&bits, &sum, sizeof bits);
    return bits;
}
