// What single operations cost at the seam below a guest: `NAME ROUNDS` on the command line does one of them so often, and then says so.
// Others have no end: `busy` takes all time that it gets, `tick` wakes up ten times a second, `echo` is the other end of a channel.
#include "../lib/pocketvisor.h"
#include "../rtos/kernel/kernel.h"

enum { SGI = 5, UART_FLAGS = 0x18 };

static volatile bool came;
static struct semaphore reply;
static struct timer timer;
static uintptr_t uart;

static void set_came(void *argument) {
    (void)argument;
    came = true;
}

static void until_it_came(void) {
    while (!came) {}
    came = false;
}

static uint64_t call(uint64_t function, uint64_t second) {
    const struct pv_result result = pv_call(function, 0, second);
    if (result.status < 0) panic("a call was refused");
    return result.value[0];
}

static void nothing(void) { __asm__ volatile(""); }
static void version(void) { call(PV_VERSION, 0); }
static void time(void) { call(PV_TIME, 0); }
static void yield(void) { call(PV_YIELD, 0); }
static void map(void) { call(PV_MAP, 0); }
static void notify(void) { call(PV_NOTIFY, 1); }
static void take(void) { call(PV_TAKE, 0); }
static void cell_state(void) { call(PV_CELL_STATE, 0); }

static void find_uart(void) {
    struct node node;
    struct range registers;
    if (node_compatible_with("arm,pl011", &node) && node_range(&node, 0, &registers)) uart = registers.base;
}
static void access_device(void) { read32(uart + UART_FLAGS); }

static void connect_sgi(void) { interrupt_connect((struct interrupt){.intid = SGI, .edge = true}, set_came, 0); }
static void interrupt_self(void) {
    write_sysreg(S3_0_C12_C11_5, (uint64_t)SGI << 24 | 1); // ICC_SGI1R_EL1: to core 0
    until_it_came();
}

static void fired(struct timer *which) { set_came(which); }
static void interrupt_by_timer(void) {
    timer_start(&timer, 0, 0, fired);
    until_it_came();
}

// WFI, and a timer's interrupt two microseconds later.
static void sleep(void) { task_sleep(2000); }

static void connect_doorbell(void (*handler)(void *)) {
    const struct pv_result channel = pv_call(PV_MAP, 0, 0);
    if (channel.status < 0) panic("there is no channel");
    interrupt_connect((struct interrupt){.intid = (uint32_t)channel.value[2]}, handler, 0);
}

static void take_reply(void *argument) {
    call(PV_TAKE, 0);
    set_came(argument);
}
static void connect_reply(void) { connect_doorbell(take_reply); }
static void call_and_wait(void) {
    call(PV_NOTIFY, 1);
    while (!came) call(PV_WAIT, 0);
    came = false;
}

// The same with tasks as applications have them: another may run until the reply is there.
static void give_reply(void *argument) {
    (void)argument;
    call(PV_TAKE, 0);
    semaphore_give(&reply);
}
static void connect_task(void) { connect_doorbell(give_reply); }
static void call_by_task(void) {
    call(PV_NOTIFY, 1);
    semaphore_take(&reply, FOREVER);
}

static void answer(void *argument) {
    (void)argument;
    call(PV_NOTIFY, (uint32_t)call(PV_TAKE, 0));
}

static const struct operation {
    const char *name;
    void (*once)(void);
    void (*prepare)(void);
} operations[] = {
    {"nothing", nothing, 0},
    {"version", version, 0},
    {"time", time, 0},
    {"yield", yield, 0},
    {"map", map, 0},
    {"notify", notify, 0},
    {"take", take, 0},
    {"cell-state", cell_state, 0},
    {"device", access_device, find_uart},
    {"interrupt", interrupt_self, connect_sgi},
    {"timer", interrupt_by_timer, 0},
    {"sleep", sleep, 0},
    {"call", call_and_wait, connect_reply},
    {"task-call", call_by_task, connect_task},
};

static const char *command_line(void) {
    struct node chosen;
    size_t bytes;
    const char *text = node_named("chosen", &chosen) ? node_property(&chosen, "bootargs", &bytes) : 0;
    return text ? text : "";
}

static bool is_first_word(const char *word, const char *text) {
    return starts_with(text, word) && (text[length(word)] == ' ' || text[length(word)] == 0);
}

static unsigned number_behind(const char *text) {
    unsigned number = 0;
    while (*text && *text != ' ') text++;
    while (*text == ' ') text++;
    for (; *text >= '0' && *text <= '9'; text++) number = number * 10 + (unsigned)(*text - '0');
    return number;
}

void application(void) {
    const char *line = command_line();
    if (is_first_word("busy", line)) {
        print("seam: busy\n");
        for (;;) nothing();
    }
    for (uint64_t due = 0; is_first_word("tick", line); due += 100000000) task_sleep_until(due);
    if (is_first_word("yields", line)) {
        for (;;) yield();
    }
    if (is_first_word("echo", line)) {
        connect_doorbell(answer);
        return;
    }
    for (size_t i = 0; i < array_length(operations); i++) {
        const struct operation *operation = &operations[i];
        if (!is_first_word(operation->name, line)) continue;
        if (operation->prepare) operation->prepare();
        // The others have begun.
        task_sleep(1000000);
        for (unsigned rounds = number_behind(line); rounds > 0; rounds--) operation->once();
        print("seam: done\n");
        power_off();
    }
    print("seam: busy, tick, yields, echo, or one of these with a number of rounds:");
    for (size_t i = 0; i < array_length(operations); i++) print(" %s", operations[i].name);
    print("\n");
    power_off();
}
