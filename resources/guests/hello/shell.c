#include "hello.h"

struct command {
    const char *name, *argument, *help;
    void (*run)(const char *argument);
};

static const char *core_name(uint64_t midr) {
    static const struct { uint16_t part; const char *name; } cores[] = {
        {0xd03, "Cortex-A53"}, {0xd07, "Cortex-A57"}, {0xd08, "Cortex-A72"}, {0xd0b, "Cortex-A76"}, {0xd05, "Cortex-A55"},
    };
    for (size_t i = 0; i < array_length(cores); i++) {
        if (midr >> 24 == 0x41 && (midr >> 4 & 0xfff) == cores[i].part) return cores[i].name;
    }
    return "AArch64 core";
}

static void label(const char *name) { print("  " DIM "%-12s" PLAIN, name); }

void print_machine(void) {
    const uint64_t midr = read_sysreg(midr_el1), frequency = read_sysreg(cntfrq_el0);
    label("core");
    print("%s r%up%u, MIDR_EL1 0x%08lx\n", core_name(midr), (unsigned)(midr >> 20 & 0xf), (unsigned)(midr & 0xf), midr);
    label("level");
    print("EL%u, entered at EL%u\n", (unsigned)(read_sysreg(CurrentEL) >> 2), boot_el);
    label("memory");
    if (board.memory_size) print("%lu MiB at 0x%lx\n", board.memory_size >> 20, board.memory_base);
    else print("not told (no device tree)\n");
    label("counter");
    print("%lu.%03lu MHz, %d ticks a second\n", frequency / 1000000, frequency / 1000 % 1000, TICKS_PER_SECOND);
    label("interrupts");
    print("GICv%d, %u lines\n", gic_version(), ((read32(board.distributor + 4) & 0x1f) + 1) * 32);
}

static void info(const char *argument) { (void)argument, print_machine(); }

static void ticks(const char *argument) {
    (void)argument;
    print("%lu ticks of the virtual timer, %d a second\n", timer_ticks(), TICKS_PER_SECOND);
}

static void uptime(const char *argument) {
    (void)argument;
    const uint64_t now = micros();
    print("up %lu.%06lu s\n", now / 1000000, now % 1000000);
}

// Days since 1970 to a date of the proleptic Gregorian calendar, years that begin in March (so that the leap day is the last).
static void date(const char *argument) {
    (void)argument;
    const uint32_t seconds = rtc_seconds(), z = seconds / 86400 + 719468;
    const uint32_t era = z / 146097, day_of_era = z % 146097;
    const uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const uint32_t shifted = (5 * day_of_year + 2) / 153, day = day_of_year - (153 * shifted + 2) / 5 + 1;
    const uint32_t month = shifted < 10 ? shifted + 3 : shifted - 9, year = era * 400 + year_of_era + (month <= 2);
    print("%04u-%02u-%02u %02u:%02u:%02u UTC\n", year, month, day, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
}

static void echo(const char *argument) { print("%s\n", argument); }
static void clear(const char *argument) { (void)argument, print("\033[3J\033[2J\033[H"); }

static void fault(const char *argument) {
    (void)argument;
    // More bits than any core has for physical addresses: an address size fault (DDI 0487 D8.2).
    (void)*(volatile uint32_t *)(1ull << 60);
}

static void off(const char *argument) { (void)argument, print("Good bye.\n"), power_off(); }
static void restart(const char *argument) { (void)argument, reboot(); }
static void help(const char *argument);

static const struct command commands[] = {
    {"help", "", "this list", help},
    {"info", "", "the machine as the guest sees it", info},
    {"ticks", "", "interrupts of the virtual timer so far", ticks},
    {"uptime", "", "time since the machine was started", uptime},
    {"date", "", "what the real-time clock says", date},
    {"echo", "TEXT", "say it again", echo},
    {"crc", "[MIB]", "a checksum as a small benchmark", crc_demo},
    {"mandelbrot", "[LIMIT]", "a picture", mandelbrot_demo},
    {"fault", "", "read from where no memory can be, and survive", fault},
    {"clear", "", "an empty screen", clear},
    {"reboot", "", "start again (PSCI)", restart},
    {"poweroff", "", "end (PSCI)", off},
};

static void help(const char *argument) {
    (void)argument;
    for (size_t i = 0; i < array_length(commands); i++) {
        print("  " BOLD "%-10s" PLAIN " %-8s %s\n", commands[i].name, commands[i].argument, commands[i].help);
    }
}

static const char *candidate(const char *prefix, unsigned index) {
    for (size_t i = 0; i < array_length(commands); i++) {
        if (starts_with(commands[i].name, prefix) && index-- == 0) return commands[i].name;
    }
    return NULL;
}

static void execute(char *line) {
    while (*line == ' ') line++;
    char *argument = line;
    while (*argument && *argument != ' ') argument++;
    while (*argument == ' ') *argument++ = 0;
    for (char *end = argument + length(argument); end > argument && end[-1] == ' ';) *--end = 0;
    if (!*line) return;
    for (size_t i = 0; i < array_length(commands); i++) {
        if (equal(commands[i].name, line)) {
            commands[i].run(argument);
            return;
        }
    }
    print(RED "%s: no such command" PLAIN "; help lists them\n", line);
}

_Noreturn void shell(void) {
    char line[LINE_SIZE];
    for (;;) {
        if (read_line("hello> ", line, candidate)) execute(line);
    }
}
