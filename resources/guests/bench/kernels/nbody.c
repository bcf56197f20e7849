// Five bodies under gravity: double precision with divisions and square roots.
#include "kernels.h"

enum { BODIES = 5, STEPS = 500000 };

struct body {
    double position[3], velocity[3], mass;
};

static struct body bodies[BODIES];

static double distance(const double d[3]) { return __builtin_sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]); }

static void advance(double dt) {
    for (int i = 0; i < BODIES; i++) {
        for (int j = i + 1; j < BODIES; j++) {
            double d[3];
            for (int k = 0; k < 3; k++) d[k] = bodies[i].position[k] - bodies[j].position[k];
            const double length = distance(d), pull = dt / (length * length * length);
            for (int k = 0; k < 3; k++) {
                bodies[i].velocity[k] -= d[k] * bodies[j].mass * pull;
                bodies[j].velocity[k] += d[k] * bodies[i].mass * pull;
            }
        }
    }
    for (int i = 0; i < BODIES; i++) {
        for (int k = 0; k < 3; k++) bodies[i].position[k] += dt * bodies[i].velocity[k];
    }
}

static double energy(void) {
    double sum = 0;
    for (int i = 0; i < BODIES; i++) {
        const double *v = bodies[i].velocity;
        sum += 0.5 * bodies[i].mass * (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        for (int j = i + 1; j < BODIES; j++) {
            double d[3];
            for (int k = 0; k < 3; k++) d[k] = bodies[i].position[k] - bodies[j].position[k];
            sum -= bodies[i].mass * bodies[j].mass / distance(d);
        }
    }
    return sum;
}

uint64_t nbody(void) {
    // A heavy one in the middle, and four that go around it, each farther out, on tilted orbits.
    bodies[0] = (struct body){.mass = 40};
    for (int i = 1; i < BODIES; i++) {
        const double radius = 3 * i + 1, speed = __builtin_sqrt(40 / radius);
        bodies[i] = (struct body){{radius, 0, 0.1 * i}, {0, speed, 0.02 * i}, 0.01 * i};
    }
    for (int step = 0; step < STEPS; step++) advance(0.002);
    const double total = energy();
    uint64_t bits;
    __builtin_memcpy(&bits, &total, sizeof bits);
    return bits;
}
