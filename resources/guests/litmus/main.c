// Runs what tests.c has on four cores, and prints the outcomes.
#include "litmus.h"

enum { CHUNK = 4096, OUTCOMES = 64 };
static const uint64_t CPU_ON = 0xc4000003, SYSTEM_OFF = 0x84000008;

// Put there by whoever starts the guest.
static volatile uint64_t *const configuration = (uint64_t *)0x48000000;

static struct cell cells[CHUNK];
static uint8_t seen[CORES][CHUNK];
static struct { uint32_t key; uint64_t count; } outcomes[OUTCOMES];

// What the cores are to do: a function of the number of the core, counted up when there is a new one.
static void (*volatile job)(int core);
static struct { volatile uint64_t value, gap[15]; } jobs, finished[CORES], arrived[CORES];

static uint64_t acquire(volatile uint64_t *at) { return __atomic_load_n(at, __ATOMIC_ACQUIRE); }
static void release(volatile uint64_t *at, uint64_t value) { __atomic_store_n(at, value, __ATOMIC_RELEASE); }

void work(int core) {
    for (uint64_t done = 0;; release(&finished[core].value, ++done)) {
        while (acquire(&jobs.value) == done) __asm__ volatile("wfe");
        job(core);
    }
}

// Runs a job on all cores, this one included.
static void on_all(void (*what)(int core)) {
    job = what;
    const uint64_t number = jobs.value + 1;
    release(&jobs.value, number);
    __asm__ volatile("dsb ish\nsev");
    what(0);
    for (int core = 1; core < CORES; core++)
        while (acquire(&finished[core].value) != number) __asm__ volatile("wfe");
}

// --- litmus tests ----------------------------------------------------------------------------------------------------------------

static const struct litmus *test;
static int count;

// Two threads start every round together; more of them would wait for those that the host has put aside.
static void meet(int core, uint64_t round) {
    arrived[core].value = round;
    for (int spins = 0; arrived[!core].value < round; spins++)
        if (spins > 20000) __asm__ volatile("wfe");
}

static void play(int core) {
    if (core >= test->threads) return;
    part *const mine = test->parts[core];
    if (test->threads > 2) {
        for (int i = 0; i < count; i++) seen[core][i] = (uint8_t)mine(&cells[i]);
        return;
    }
    const uint64_t first = arrived[core].value + 1;
    for (int i = 0; i < count; i++) {
        meet(core, first + (uint64_t)i);
        // Neither shall always be the first.
        for (volatile int delay = (i >> 2 * core) & 3; delay > 0; delay--) {}
        seen[core][i] = (uint8_t)mine(&cells[i]);
    }
}

static void tally(uint32_t key) {
    for (int i = 0; i < OUTCOMES; i++) {
        if (outcomes[i].count && outcomes[i].key != key) continue;
        outcomes[i].key = key;
        outcomes[i].count++;
        return;
    }
}

static void run_litmus(const struct litmus *wanted, uint64_t rounds) {
    test = wanted;
    for (int i = 0; i < OUTCOMES; i++) outcomes[i].count = 0;
    for (uint64_t done = 0; done < rounds; done += (uint64_t)count) {
        count = rounds - done < CHUNK ? (int)(rounds - done) : CHUNK;
        for (int i = 0; i < count; i++) cells[i].x = cells[i].y = 0;
        on_all(play);
        for (int i = 0; i < count; i++) {
            uint32_t key = (uint32_t)(cells[i].x | cells[i].y << 2) << 16;
            for (int core = 0; core < test->threads; core++) {
                // Two bits of each register are enough.
                const uint32_t registers = (seen[core][i] & 3u) | (seen[core][i] >> 4 & 3u) << 2;
                key |= registers << 4 * core;
            }
            tally(key);
        }
    }
    print(test->name);
    for (int i = 0; i < OUTCOMES && outcomes[i].count; i++) {
        print(" ");
        print_hex(outcomes[i].key);
        print(":");
        print_number(outcomes[i].count);
    }
    print("\n");
}

// --- counters --------------------------------------------------------------------------------------------------------------------

static const struct counter *counter;
static uint64_t additions;
static volatile uint64_t total[4] __attribute__((aligned(64)));

static void add(int core) {
    (void)core;
    for (uint64_t i = 0; i < additions; i++) counter->add(total);
}

static void run_counter(const struct counter *wanted, uint64_t rounds) {
    counter = wanted;
    additions = rounds / CORES;
    total[0] = total[1] = 0;
    on_all(add);
    const uint64_t all = additions * CORES;
    uint64_t low = total[0], high = total[1], expected = all;
    // Two words of 32 bits, two of 64, or a lock and what it guards.
    if (counter->bytes == 12) high = low >> 32, low = (uint32_t)low;
    if (counter->bytes == 24) low = high;
    if (counter->bytes < 8) expected &= (1ul << 8 * counter->bytes) - 1;
    if (counter->bytes != 12 && counter->bytes != 16) high = low;
    print(counter->name);
    print(low == expected && high == expected ? " right " : " wrong ");
    print_number(low);
    print(" ");
    print_number(high);
    print(" of ");
    print_number(all);
    print("\n");
}

// --- maintenance -----------------------------------------------------------------------------------------------------------------

// The core that changes things says how far it is; the others must see nothing older afterwards.
static volatile uint64_t generation, stale, looks;
static uint64_t generations;
static volatile uint64_t pages[4][512] __attribute__((aligned(4096)));

static void start_generations(uint64_t rounds) {
    generations = rounds;
    generation = stale = looks = 0;
}

// Says that a generation is there, and waits until somebody has looked.
static void tell(uint64_t number) {
    const uint64_t before = acquire(&looks);
    release(&generation, number);
    while (acquire(&looks) == before) __asm__ volatile("wfe");
}

static void say_stale(const char *name) {
    print(name);
    print(stale ? " wrong " : " right ");
    print_number(stale);
    print(" of ");
    print_number(looks);
    print("\n");
}

// One page after the other in the window: what was mapped before must not be seen once TLBI and DSB are done.
static void remap(int core) {
    volatile uint64_t *const window = (uint64_t *)WINDOW;
    if (core == 0) {
        for (uint64_t n = 1; n <= generations; n++) {
            volatile uint64_t *const page = pages[n & 3];
            page[0] = n;
            *window_entry = 0;
            __asm__ volatile("dsb ishst\ntlbi vaae1is, %0\ndsb ish\nisb" ::"r"((uint64_t)WINDOW >> 12) : "memory");
            *window_entry = (uint64_t)page | 0x707;
            __asm__ volatile("dsb ishst\nisb" ::: "memory");
            tell(n);
        }
        release(&generation, ~0ul);
        return;
    }
    for (uint64_t now; (now = acquire(&generation)) != ~0ul;) {
        if (now == 0) continue;
        const uint64_t value = window[0];
        if (value < now) __atomic_add_fetch(&stale, 1, __ATOMIC_RELAXED);
        __atomic_add_fetch(&looks, 1, __ATOMIC_RELAXED);
    }
}

// An instruction that returns the generation is written, cleaned and invalidated (DDI 0487 B2.4.4); whoever knows must execute it.
static void patch(int core) {
    if (core == 0) {
        for (uint64_t n = 1; n <= generations; n++) {
            *(volatile uint32_t *)patched = 0x52800000u | (uint32_t)(n & 0xffff) << 5;
            __asm__ volatile("dc cvau, %0\ndsb ish\nic ivau, %0\ndsb ish\nisb" ::"r"(patched) : "memory");
            tell(n);
        }
        release(&generation, ~0ul);
        return;
    }
    for (uint64_t now; (now = acquire(&generation)) != ~0ul;) {
        if (now == 0) continue;
        __asm__ volatile("isb" ::: "memory");
        const uint64_t value = patched();
        if ((int16_t)(value - now) < 0) __atomic_add_fetch(&stale, 1, __ATOMIC_RELAXED);
        __atomic_add_fetch(&looks, 1, __ATOMIC_RELAXED);
    }
}

// The counter never goes back, whichever core reads it (DDI 0487 D11.1.2).
static void watch_time(int core) {
    static volatile uint64_t latest;
    (void)core;
    for (uint64_t i = 0; i < generations; i++) {
        const uint64_t before = acquire(&latest);
        uint64_t now;
        __asm__ volatile("isb\nmrs %0, cntvct_el0" : "=r"(now)::"memory");
        if (now < before) __atomic_add_fetch(&stale, 1, __ATOMIC_RELAXED);
        __atomic_add_fetch(&looks, 1, __ATOMIC_RELAXED);
        if (now > before) __atomic_compare_exchange_n(&latest, &(uint64_t){before}, now, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
    }
}

void on_fault(uint64_t esr, uint64_t elr) {
    print("fault ");
    print_hex((uint32_t)esr);
    print_hex((uint32_t)elr);
    print("\n");
    psci(SYSTEM_OFF, 0, 0, 0);
}

void main(void) {
    const uint64_t rounds = configuration[0], wanted = configuration[1];
    for (uint64_t core = 1; core < CORES; core++) psci(CPU_ON, core, (uint64_t)secondary, 0);
    int bit = 0;
    for (int i = 0; i < litmus_count; i++)
        if (wanted >> bit++ & 1) run_litmus(&litmus_tests[i], rounds);
    for (int i = 0; i < counter_count; i++)
        if (wanted >> bit++ & 1) run_counter(&counters[i], rounds);
    static const struct { const char *name; void (*run)(int core); uint64_t share; } maintenance[] = {
        {"tlbi", remap, 100}, {"ic", patch, 100}, {"cntvct", watch_time, 10}};
    for (int i = 0; i < 3; i++) {
        if (!(wanted >> bit++ & 1)) continue;
        start_generations(rounds / maintenance[i].share);
        on_all(maintenance[i].run);
        say_stale(maintenance[i].name);
    }
    print("done\n");
    psci(SYSTEM_OFF, 0, 0, 0);
}
