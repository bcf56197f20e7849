#include "hello.h"

static void print_padded(const char *text, size_t size, int width, char pad) {
    for (; width > (int)size; width--) uart_write(pad);
    for (size_t i = 0; i < size; i++) uart_write(text[i]);
    for (width = -width; width > (int)size; width--) uart_write(' ');
}

static void print_number(uint64_t value, unsigned base, bool negative, int width, char pad) {
    char digits[24];
    size_t at = sizeof digits;
    do digits[--at] = "0123456789abcdef"[value % base];
    while (value /= base);
    if (negative) digits[--at] = '-';
    print_padded(digits + at, sizeof digits - at, width, pad);
}

// %s %c %d %u %x %%, with width, '-', '0' and 'l'.
void print(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            uart_write(*format);
            continue;
        }
        bool left = *++format == '-';
        if (left) format++;
        const char pad = *format == '0' ? '0' : ' ';
        int width = 0;
        for (; *format >= '0' && *format <= '9'; format++) width = width * 10 + *format - '0';
        bool wide = false;
        for (; *format == 'l'; format++) wide = true;
        if (left) width = -width;
        if (*format == 's') {
            const char *text = va_arg(arguments, const char *);
            print_padded(text, length(text), width, ' ');
        } else if (*format == 'c') {
            uart_write((char)va_arg(arguments, int));
        } else if (*format == 'd') {
            const int64_t value = wide ? va_arg(arguments, int64_t) : va_arg(arguments, int);
            print_number(value < 0 ? -(uint64_t)value : (uint64_t)value, 10, value < 0, width, pad);
        } else if (*format == 'u' || *format == 'x') {
            const uint64_t value = wide ? va_arg(arguments, uint64_t) : va_arg(arguments, unsigned);
            print_number(value, *format == 'u' ? 10 : 16, false, width, pad);
        } else {
            uart_write(*format);
        }
    }
    va_end(arguments);
}

bool equal(const char *a, const char *b) {
    for (; *a && *a == *b; a++, b++) {}
    return *a == *b;
}

bool starts_with(const char *text, const char *prefix) {
    for (; *prefix; text++, prefix++) {
        if (*text != *prefix) return false;
    }
    return true;
}

size_t length(const char *text) {
    size_t size = 0;
    while (text[size]) size++;
    return size;
}

uint64_t parse_number(const char *text, uint64_t otherwise) {
    uint64_t value = 0;
    if (!*text) return otherwise;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return otherwise;
        value = value * 10 + (uint64_t)(*text - '0');
    }
    return value;
}

// The compiler may call these for copies and zeros of its own.
void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    for (size_t i = 0; i < size; i++) ((volatile char *)to)[i] = ((const char *)from)[i];
    return to;
}

void *memset(void *to, int value, size_t size) {
    for (size_t i = 0; i < size; i++) ((volatile char *)to)[i] = (char)value;
    return to;
}
