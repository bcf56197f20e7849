// An interpreter of a register machine with one indirect branch an operation (computed goto), as Lua, Python and Dalvik have it.
#include "kernels.h"

enum operation { SET, ADD, SUB, MULTIPLY, ADD_CONSTANT, SHIFT_RIGHT, AND_CONSTANT, JUMP, JUMP_IF_ZERO, JUMP_IF_NOT, LOAD, STORE, END };

struct instruction {
    uint8_t operation, to, left, right;
    int32_t constant;
};

static const uint64_t LIMIT = 110000;

// The lengths of the Collatz sequences of 1 to LIMIT, added up; the last 64 lengths are kept in memory and read back.
// r0: number, r1: value, r2: length, r3: sum, r4: scratch, r5: one
static const struct instruction program[] = {
    {SET, 0, 0, 0, 1},
    {SET, 3, 0, 0, 0},
    {SET, 5, 0, 0, 1},
    // 3: the next number
    {ADD_CONSTANT, 1, 0, 0, 0},
    {SET, 2, 0, 0, 0},
    // 5: the next value, until it is 1
    {SUB, 4, 1, 5, 0},
    {JUMP_IF_ZERO, 0, 4, 0, 15},
    {ADD, 2, 2, 5, 0},
    {AND_CONSTANT, 4, 1, 0, 1},
    {JUMP_IF_ZERO, 0, 4, 0, 13},
    {SET, 4, 0, 0, 3},
    {MULTIPLY, 1, 1, 4, 0},
    {ADD_CONSTANT, 1, 1, 0, 1},
    // 13
    {SHIFT_RIGHT, 1, 1, 0, 1},
    {JUMP, 0, 0, 0, 5},
    // 15: 1 is reached
    {AND_CONSTANT, 4, 0, 0, 63},
    {STORE, 2, 4, 0, 0},
    {LOAD, 6, 4, 0, 0},
    {ADD, 3, 3, 6, 0},
    {ADD_CONSTANT, 0, 0, 0, 1},
    {SUB, 4, 0, 7, 0},
    {JUMP_IF_NOT, 0, 4, 0, 3},
    {END, 0, 0, 0, 0},
};

static uint64_t interpret(const struct instruction *code) {
    static const void *const labels[] = {&&set,   &&add,  &&sub,          &&multiply,    &&add_constant, &&shift_right, &&and_constant,
                                         &&jump, &&jump_if_zero, &&jump_if_not, &&load,         &&store,       &&end};
    uint64_t r[8] = {0};
    uint64_t memory[64] = {0};
    r[7] = LIMIT + 1;
    const struct instruction *at = code;
#define NEXT goto *labels[at->operation]
    NEXT;
set: r[at->to] = (uint64_t)at->constant; at++; NEXT;
add: r[at->to] = r[at->left] + r[at->right]; at++; NEXT;
sub: r[at->to] = r[at->left] - r[at->right]; at++; NEXT;
multiply: r[at->to] = r[at->left] * r[at->right]; at++; NEXT;
add_constant: r[at->to] = r[at->left] + (uint64_t)at->constant; at++; NEXT;
shift_right: r[at->to] = r[at->left] >> at->constant; at++; NEXT;
and_constant: r[at->to] = r[at->left] & (uint64_t)at->constant; at++; NEXT;
jump: at = code + at->constant; NEXT;
jump_if_zero: at = r[at->left] ? at + 1 : code + at->constant; NEXT;
jump_if_not: at = r[at->left] ? code + at->constant : at + 1; NEXT;
load: r[at->to] = memory[r[at->left]]; at++; NEXT;
store: memory[r[at->left]] = r[at->to]; at++; NEXT;
end: return r[3];
#undef NEXT
}

uint64_t bytecode(void) { return interpret(program); }
