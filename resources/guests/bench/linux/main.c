// The first and only program: `rdinit=/bench -- NAME` on the kernel's command line runs the workload of that name, then powers off.
// Several names run at once, each in a process of its own.
#include "../../hello/hello.h"
#include "calls.h"
#include "parallel.h"
#include "system.h"

static char line[256];
static size_t used;

// A line at a time: a system call for each character would be measured as well.
void uart_write(char c) {
    line[used++] = c;
    if (c != '\n' && used < sizeof line) return;
    call(SYS_write, 1, (uintptr_t)line, used, 0);
    used = 0;
}

_Noreturn static void end(void) {
    call(SYS_reboot, 0xfee1dead, 672274793, 0x4321fedc, 0); // LINUX_REBOOT_CMD_POWER_OFF
    for (;;) call(SYS_exit_group, 1, 0, 0, 0);
}

void give_up(const char *what, int64_t error) {
    print("BENCH FAILED %s: error %d\n", what, (int)-error);
    end();
}

static const struct kernel *find(const char *name) {
    for (size_t i = 0; i < system_workload_count; i++) {
        if (equal(system_workloads[i].name, name)) return &system_workloads[i];
    }
    return find_kernel(name);
}

static void run_named(int count, char **names) {
    const struct kernel *kernels[MOST_PARALLEL];
    int known = 0;
    while (known < count && known < MOST_PARALLEL && (kernels[known] = find(names[known]))) known++;
    if (count > 0 && known == count) {
        if (count == 1) run_kernel(kernels[0]);
        else run_parallel(kernels, (size_t)count);
    } else {
        print("BENCH NAMES");
        list_kernels();
        for (size_t i = 0; i < system_workload_count; i++) print(" %s", system_workloads[i].name);
        print("\n");
    }
}

int run(int argc, char **argv) {
    // What the workload `exec` starts, over and over.
    if (argc == 3 && equal(argv[1], "exit")) return (int)parse_number(argv[2], 0);

    call(SYS_mount, (uintptr_t) "dev", (uintptr_t) "/dev", (uintptr_t) "devtmpfs", 0);
    for (int i = 0; i < 3; i++) open_file("/dev/console", O_RDWR);
    run_named(argc - 1, argv + 1);
    end();
}
