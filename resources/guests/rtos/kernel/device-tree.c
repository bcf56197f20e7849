// The flattened device tree (Devicetree Specification 0.4, chapter 5), read where it lies.
#include "kernel.h"

enum { MAGIC = 0xd00dfeed, BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOP = 4, MOST_DEPTH = 8 };
enum { TOTAL_SIZE = 1, STRUCTURE = 2, STRINGS = 3 }; // words of the header

static const uint32_t *header;
static uint32_t big(uint32_t word) { return __builtin_bswap32(word); }
static const char *at_offset(unsigned word) { return (const char *)header + big(header[word]); }

void device_tree_init(const void *blob) {
    header = blob;
    if (!blob || (uintptr_t)blob % 4 || big(header[0]) != MAGIC) header = 0;
}

struct range device_tree_range(void) {
    return header ? (struct range){(uintptr_t)header, big(header[TOTAL_SIZE])} : (struct range){0, 0};
}

static const uint32_t *after_text(const char *text) { return (const uint32_t *)(((uintptr_t)text + length(text) + 4) & ~(uintptr_t)3); }
static const uint32_t *after_property(const uint32_t *at) { return at + 3 + (big(at[1]) + 3) / 4; }

const void *node_property(const struct node *node, const char *name, size_t *bytes) {
    for (const uint32_t *at = node->properties;; ) {
        const uint32_t token = big(*at);
        if (token == NOP) {
            at++;
            continue;
        }
        if (token != PROPERTY) return 0;
        if (equal(at_offset(STRINGS) + big(at[2]), name)) {
            *bytes = big(at[1]);
            return at + 3;
        }
        at = after_property(at);
    }
}

static unsigned cells(const struct node *node, const char *name, unsigned otherwise) {
    size_t bytes;
    const uint32_t *value = node_property(node, name, &bytes);
    return value && bytes == 4 ? big(*value) : otherwise;
}

// The first node of which `wanted` says so, in the order of the tree.
static bool find(bool (*wanted)(const struct node *, const char *), const char *argument, struct node *found) {
    if (!header) return false;
    // By depth: what the node at that depth says of addresses of its children.
    unsigned address_cells[MOST_DEPTH + 1] = {2}, size_cells[MOST_DEPTH + 1] = {1};
    unsigned depth = 0;
    for (const uint32_t *at = (const uint32_t *)at_offset(STRUCTURE);;) {
        const uint32_t token = big(*at);
        if (token == BEGIN_NODE) {
            const char *name = (const char *)(at + 1);
            at = after_text(name);
            if (depth == MOST_DEPTH) return false;
            const struct node node = {name, at, address_cells[depth], size_cells[depth]};
            depth++;
            address_cells[depth] = cells(&node, "#address-cells", 2);
            size_cells[depth] = cells(&node, "#size-cells", 1);
            if (wanted(&node, argument)) {
                *found = node;
                return true;
            }
        } else if (token == PROPERTY) {
            at = after_property(at);
        } else if (token == END_NODE || token == NOP) {
            if (token == END_NODE) depth--;
            at++;
        } else {
            return false;
        }
    }
}

static bool is_compatible(const struct node *node, const char *compatible) {
    size_t bytes;
    const char *value = node_property(node, "status", &bytes);
    if (value && !equal(value, "okay") && !equal(value, "ok")) return false;
    value = node_property(node, "compatible", &bytes);
    for (const char *end = value + bytes; value && value < end; value += length(value) + 1) {
        if (equal(value, compatible)) return true;
    }
    return false;
}

bool node_compatible_with(const char *compatible, struct node *node) { return find(is_compatible, compatible, node); }

struct numbered {
    const char *compatible;
    unsigned before;
};

static bool is_numbered(const struct node *node, const char *argument) {
    struct numbered *wanted = (void *)argument;
    return is_compatible(node, wanted->compatible) && wanted->before-- == 0;
}

bool node_compatible_at(const char *compatible, unsigned number, struct node *node) {
    struct numbered wanted = {compatible, number};
    return find(is_numbered, (const char *)&wanted, node);
}

struct property {
    const char *name, *text;
};

static bool has_text(const struct node *node, const char *argument) {
    const struct property *wanted = (const void *)argument;
    size_t bytes;
    const char *value = node_property(node, wanted->name, &bytes);
    return value && bytes == length(wanted->text) + 1 && equal(value, wanted->text);
}

bool node_with(const char *property, const char *text, struct node *node) {
    const struct property wanted = {property, text};
    return find(has_text, (const char *)&wanted, node);
}

static bool is_named(const struct node *node, const char *name) { return equal(node->name, name); }

// By the last name of the path, which has the address and is the only one of its kind.
bool node_named(const char *path, struct node *node) {
    const char *name = path;
    for (; *path; path++) {
        if (*path == '/') name = path + 1;
    }
    return find(is_named, name, node);
}

static uint64_t number(const uint32_t *at, unsigned cells) {
    uint64_t value = 0;
    while (cells--) value = value << 32 | big(*at++);
    return value;
}

bool node_range(const struct node *node, unsigned index, struct range *range) {
    size_t bytes;
    const uint32_t *value = node_property(node, "reg", &bytes);
    const unsigned each = node->address_cells + node->size_cells;
    if (!value || bytes < (index + 1) * each * 4) return false;
    value += index * each;
    *range = (struct range){number(value, node->address_cells), number(value + node->address_cells, node->size_cells)};
    return true;
}

// Of a GIC: kind, number, flags (Linux: bindings/interrupt-controller/arm,gic-v3.yaml).
bool node_interrupt(const struct node *node, unsigned index, struct interrupt *interrupt) {
    enum { SHARED = 0, EDGES = 3 };
    size_t bytes;
    const uint32_t *value = node_property(node, "interrupts", &bytes);
    if (!value || bytes < (index + 1) * 12) return false;
    value += index * 3;
    interrupt->intid = big(value[1]) + (big(value[0]) == SHARED ? 32 : 16);
    interrupt->edge = (big(value[2]) & EDGES) != 0;
    return true;
}
