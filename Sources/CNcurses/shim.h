// What Swift cannot import of ncurses (macros, variadic functions, mutable globals), under plain names.
#ifndef INKLING_CNCURSES_SHIM_H
#define INKLING_CNCURSES_SHIM_H

#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <string.h>
#include <term.h>
#include <wchar.h>

static inline WINDOW *inkling_screen(void) { return stdscr; }
static inline int inkling_rows(void) { return LINES; }
static inline int inkling_columns(void) { return COLS; }
static inline int inkling_colors(void) { return COLORS; }
static inline int inkling_color_pairs(void) { return COLOR_PAIRS; }

/// Whether the locale's characters are written in UTF-8. `LC_CTYPE` alone is set: numbers keep their point.
static inline bool inkling_locale_is_utf8(void) {
    return setlocale(LC_CTYPE, "") != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/// A terminfo string; "" where the terminal has none.
static inline const char *inkling_terminal_string(const char *name) {
    const char *sequence = tigetstr((char *)name);
    return sequence == NULL || sequence == (const char *)-1 ? "" : sequence;
}

/// Puts a character at a place without moving the hardware cursor.
static inline void inkling_put(int y, int x, unsigned character, int pair, bool bold, bool dim, bool reverse) {
    wchar_t text[2] = {(wchar_t)character, 0};
    attr_t attributes = (bold ? A_BOLD : A_NORMAL) | (dim ? A_DIM : A_NORMAL) | (reverse ? A_REVERSE : A_NORMAL);
    cchar_t cell;
#if defined(NCURSES_EXT_COLORS) && NCURSES_EXT_COLORS
    setcchar(&cell, text, attributes, 0, &pair);
#else
    setcchar(&cell, text, attributes, (short)pair, NULL);
#endif
    mvadd_wch(y, x, &cell);
}

static inline bool inkling_define_pair(int pair, int foreground, int background) {
#if defined(NCURSES_EXT_COLORS) && NCURSES_EXT_COLORS
    return init_extended_pair(pair, foreground, background) == OK;
#else
    return init_pair((short)pair, (short)foreground, (short)background) == OK;
#endif
}

/// Asks for presses, releases, the wheel and drags.
static inline void inkling_enable_mouse(void) {
    mousemask(ALL_MOUSE_EVENTS | REPORT_MOUSE_POSITION, NULL);
    mouseinterval(0);
}

/// What a mouse event was.
enum inkling_mouse { inkling_mouse_none, inkling_mouse_click, inkling_mouse_press, inkling_mouse_drag, inkling_mouse_release,
                     inkling_mouse_wheel_up, inkling_mouse_wheel_down };

/// The mouse event that KEY_MOUSE announced, in cells from the upper left corner.
static inline enum inkling_mouse inkling_next_mouse(int *x, int *y) {
    MEVENT event;
    if (getmouse(&event) != OK) return inkling_mouse_none;
    *x = event.x;
    *y = event.y;
    // A press and a release that are read together come as one click, whatever the interval.
    if (event.bstate & (BUTTON1_CLICKED | BUTTON1_DOUBLE_CLICKED | BUTTON1_TRIPLE_CLICKED)) return inkling_mouse_click;
    if (event.bstate & BUTTON1_PRESSED) return inkling_mouse_press;
    if (event.bstate & BUTTON1_RELEASED) return inkling_mouse_release;
    if (event.bstate & BUTTON4_PRESSED) return inkling_mouse_wheel_up;
#ifdef BUTTON5_PRESSED
    if (event.bstate & BUTTON5_PRESSED) return inkling_mouse_wheel_down;
#endif
    if (event.bstate & REPORT_MOUSE_POSITION) return inkling_mouse_drag;
    return inkling_mouse_none;
}

/// The next key of the window: 1 for a character, 2 for a function key, 0 for none.
static inline int inkling_next_key(WINDOW *window, unsigned *key) {
    wint_t value = 0;
    int kind = wget_wch(window, &value);
    *key = value;
    return kind == OK ? 1 : kind == KEY_CODE_YES ? 2 : 0;
}

#endif
