#include "encodings.h"

int is_in(const struct range *list, size_t count, uint32_t number) {
    size_t i;
    for (i = 0; i < count; i++)
        if (number >= list[i].first && number <= list[i].last)
            return 1;
    return 0;
}

void print_register(const char *what, uint32_t number) {
    print(what);
    print(" s");
    print_hex(2 + (number >> 14));
    print("_");
    print_hex((number >> 11) & 7);
    print("_c");
    print_hex((number >> 7) & 15);
    print("_c");
    print_hex((number >> 3) & 15);
    print("_");
    print_hex(number & 7);
    print(" ");
}

void print_value(const struct outcome *outcome, int shows) {
    if (ended(outcome) && shows)
        field("value", outcome->x0);
    else
        field("esr", outcome->esr);
    print("\n");
}
