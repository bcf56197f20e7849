// A test writes down who did what; the notes must come to what is expected.
#pragma once
#include "../rtos.h"

enum { LOW = 10, MIDDLE = 11, HIGH = 12, CONTROL = 20 };
#define MS 1000000ull
#define US 1000ull

void note(const char *text);
void check(const char *name, const char *expected);
void check_that(const char *name, bool holds);
void spin(uint64_t ns);
// Starts a task that the test does not wait for, on the stack of that number (0 to 2). The task before it there must have ended.
void start(unsigned number, const char *name, int priority, void (*entry)(void *));

void test_tasks(void);
void test_mutexes(void);
void test_queues(void);
void test_timers(void);
