// What the parts of the guest share.
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define read_sysreg(name) ({ uint64_t value_; __asm__ volatile("mrs %0, " #name : "=r"(value_)); value_; })
#define write_sysreg(name, value) __asm__ volatile("msr " #name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define isb() __asm__ volatile("isb" ::: "memory")

static inline uint32_t read32(uintptr_t address) { return *(volatile uint32_t *)address; }
static inline void write32(uintptr_t address, uint32_t value) { *(volatile uint32_t *)address = value; }

#define array_length(array) (sizeof(array) / sizeof(array)[0])

// What start.S saves at an exception.
struct frame {
    uint64_t x[19], x30, elr, spsr;
};

// The exception level at which the machine entered us, and the device tree's address or 0 (start.S); we run at EL1.
extern uint32_t boot_el;
extern uintptr_t boot_tree;

// board.c: what the device tree says.
struct board {
    uint64_t memory_base, memory_size;
    uintptr_t distributor, cpu_interface, redistributor, uart, rtc;
    uint32_t uart_intid;
    const char *bootargs; // 0: none
    enum { PSCI_NONE, PSCI_HVC, PSCI_SMC } psci;
};
extern struct board board;
void board_init(void);
void power_off(void);
void reboot(void);
uint32_t rtc_seconds(void);

// gic.c: version 2 or 3, whichever is there.
void gic_init(void);
int gic_version(void);
void gic_enable(uint32_t intid);
uint32_t gic_acknowledge(void);
void gic_end(uint32_t intid);

// timer.c: a tick of the virtual timer.
enum { TICKS_PER_SECOND = 10, TIMER_INTID = 27 };
void timer_init(void);
void timer_interrupt(void);
uint64_t timer_ticks(void);
uint64_t micros(void);

// uart.c: the PL011.
#define UART_INTID board.uart_intid
void uart_init(void);
void uart_interrupt(void);
void uart_write(char c);
char uart_read(void);
bool uart_has_input(void);

// text.c
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool equal(const char *a, const char *b);
bool starts_with(const char *text, const char *prefix);
size_t length(const char *text);
uint64_t parse_number(const char *text, uint64_t otherwise);

// line.c: a line from the console, with editing and history. Answers false when it was given up with Ctrl-C.
enum { LINE_SIZE = 128 };
typedef const char *(*completer)(const char *prefix, unsigned index);
bool read_line(const char *prompt, char line[LINE_SIZE], completer complete);

// demos.c
void crc_demo(const char *argument);
void mandelbrot_demo(const char *argument);

// shell.c
_Noreturn void shell(void);
void print_machine(void);

// Colours of the terminal.
#define BOLD "\033[1m"
#define DIM "\033[2m"
#define GREEN "\033[32m"
#define CYAN "\033[36m"
#define RED "\033[31m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"
