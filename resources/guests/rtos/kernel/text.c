#include "kernel.h"

struct output {
    char *text;
    size_t size, at;
};

static void put(struct output *output, char c) {
    if (output->at < output->size) output->text[output->at++] = c;
}

static void put_padded(struct output *output, const char *text, size_t size, int width, char pad) {
    for (; width > (int)size; width--) put(output, pad);
    for (size_t i = 0; i < size; i++) put(output, text[i]);
    for (width = -width; width > (int)size; width--) put(output, ' ');
}

static void put_number(struct output *output, uint64_t value, unsigned base, bool negative, int width, char pad) {
    char digits[24];
    size_t at = sizeof digits;
    do digits[--at] = "0123456789abcdef"[value % base];
    while (value /= base);
    if (negative) digits[--at] = '-';
    put_padded(output, digits + at, sizeof digits - at, width, pad);
}

// %s %c %d %u %x %%, with width, '-', '0' and 'l'. Answers how much of it there is; no zero ends it.
size_t format_text(char *text, size_t size, const char *format, va_list arguments) {
    struct output output = {text, size, 0};
    for (; *format; format++) {
        if (*format != '%') {
            put(&output, *format);
            continue;
        }
        const bool left = *++format == '-';
        if (left) format++;
        const char pad = *format == '0' ? '0' : ' ';
        int width = 0;
        for (; *format >= '0' && *format <= '9'; format++) width = width * 10 + *format - '0';
        bool wide = false;
        for (; *format == 'l'; format++) wide = true;
        if (left) width = -width;
        if (*format == 's') {
            const char *argument = va_arg(arguments, const char *);
            put_padded(&output, argument, length(argument), width, ' ');
        } else if (*format == 'c') {
            put(&output, (char)va_arg(arguments, int));
        } else if (*format == 'd') {
            const int64_t value = wide ? va_arg(arguments, int64_t) : va_arg(arguments, int);
            put_number(&output, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, value < 0, width, pad);
        } else if (*format == 'u' || *format == 'x') {
            const uint64_t value = wide ? va_arg(arguments, uint64_t) : va_arg(arguments, unsigned);
            put_number(&output, value, *format == 'u' ? 10 : 16, false, width, pad);
        } else {
            put(&output, *format);
        }
    }
    return output.at;
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

// What the compiler calls. The loops must not become calls of themselves.
void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    for (size_t i = 0; i < size; i++) ((volatile char *)to)[i] = ((const char *)from)[i];
    return to;
}

void *memset(void *to, int value, size_t size) {
    for (size_t i = 0; i < size; i++) ((volatile char *)to)[i] = (char)value;
    return to;
}
