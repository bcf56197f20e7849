// A line editor for a VT100: cursor keys, Home, End, Backspace, Delete, Ctrl-A/B/D/E/F/K/L/U/W, history with up and down, Tab.
#include "hello.h"

enum { HISTORY = 16 };
enum key { LEFT = 256, RIGHT, UP, DOWN, HOME, END, DELETE, NO_KEY };
#define CTRL(letter) ((letter) & 0x1f)

static char history[HISTORY][LINE_SIZE];
static unsigned history_count;

struct editor {
    const char *prompt;
    char *line;
    unsigned size, cursor;
};

static void copy(char *to, const char *from) {
    while ((*to++ = *from++)) {}
}

static int escape_sequence(void) {
    const char kind = uart_read();
    if (kind != '[' && kind != 'O') return NO_KEY;
    const char code = uart_read();
    if (code >= '0' && code <= '9') {
        for (char c = uart_read(); c != '~'; c = uart_read()) {
            if (c >= '@') return NO_KEY;
        }
        return code == '1' || code == '7' ? HOME : code == '4' || code == '8' ? END : code == '3' ? DELETE : NO_KEY;
    }
    switch (code) {
        case 'A': return UP;
        case 'B': return DOWN;
        case 'C': return RIGHT;
        case 'D': return LEFT;
        case 'H': return HOME;
        case 'F': return END;
        default: return NO_KEY;
    }
}

static void redraw(const struct editor *e) {
    print("\r" BOLD GREEN "%s" PLAIN "%s\033[K", e->prompt, e->line);
    if (e->cursor < e->size) print("\033[%uD", e->size - e->cursor);
}

static void erase(struct editor *e, unsigned from, unsigned to) {
    for (unsigned i = to; i <= e->size; i++) e->line[from + i - to] = e->line[i];
    e->size -= to - from;
    e->cursor = from;
}

static void insert(struct editor *e, char c) {
    if (e->size + 1 >= LINE_SIZE) return;
    for (unsigned i = e->size + 1; i > e->cursor; i--) e->line[i] = e->line[i - 1];
    e->line[e->cursor++] = c;
    e->line[++e->size] = 0;
}

static void replace(struct editor *e, const char *text) {
    copy(e->line, text);
    e->size = e->cursor = (unsigned)length(text);
}

static unsigned word_start(const struct editor *e) {
    unsigned at = e->cursor;
    while (at > 0 && e->line[at - 1] == ' ') at--;
    while (at > 0 && e->line[at - 1] != ' ') at--;
    return at;
}

// One candidate is taken; several are listed.
static void complete_word(struct editor *e, completer complete) {
    const char *first = complete(e->line, 0);
    if (!first || e->cursor != e->size) return;
    if (!complete(e->line, 1)) {
        replace(e, first);
        insert(e, ' ');
        return;
    }
    uart_write('\n');
    for (unsigned i = 0; complete(e->line, i); i++) print("%s  ", complete(e->line, i));
    uart_write('\n');
}

static void remember(const char *line) {
    if (!*line || (history_count && equal(history[(history_count - 1) % HISTORY], line))) return;
    copy(history[history_count++ % HISTORY], line);
}

bool read_line(const char *prompt, char line[LINE_SIZE], completer complete) {
    struct editor e = {.prompt = prompt, .line = line};
    unsigned recalled = history_count;
    line[0] = 0;
    redraw(&e);
    for (;;) {
        const char c = uart_read();
        const int key = c == '\033' ? escape_sequence() : c;
        const unsigned oldest = history_count > HISTORY ? history_count - HISTORY : 0;
        switch (key) {
            case '\r':
            case '\n':
                if (e.cursor < e.size) print("\033[%uC", e.size - e.cursor);
                uart_write('\n');
                remember(line);
                return true;
            case CTRL('C'):
                print("^C\n");
                return false;
            case '\b':
            case 127:
                if (e.cursor > 0) erase(&e, e.cursor - 1, e.cursor);
                break;
            case DELETE:
            case CTRL('D'):
                if (e.cursor < e.size) erase(&e, e.cursor, e.cursor + 1);
                break;
            case CTRL('U'): erase(&e, 0, e.cursor); break;
            case CTRL('K'): erase(&e, e.cursor, e.size); break;
            case CTRL('W'): erase(&e, word_start(&e), e.cursor); break;
            case CTRL('L'): print("\033[2J\033[H"); break;
            case LEFT:
            case CTRL('B'): e.cursor -= e.cursor > 0; break;
            case RIGHT:
            case CTRL('F'): e.cursor += e.cursor < e.size; break;
            case HOME:
            case CTRL('A'): e.cursor = 0; break;
            case END:
            case CTRL('E'): e.cursor = e.size; break;
            case UP:
                if (recalled > oldest) replace(&e, history[--recalled % HISTORY]);
                break;
            case DOWN:
                if (recalled < history_count) replace(&e, ++recalled == history_count ? "" : history[recalled % HISTORY]);
                break;
            case '\t': complete_word(&e, complete); break;
            default:
                if (key < ' ' || key > '~') continue;
                insert(&e, c);
                if (e.cursor == e.size) {
                    // The common case is an echo, so that a log of the console reads well.
                    uart_write(c);
                    continue;
                }
        }
        redraw(&e);
    }
}
