// Gives the terminal back as it was, whatever ends the program. In C because it runs in signal handlers, where little
// else is safe. For one terminal, from the main thread.
#ifndef INKLING_CTERMINALGUARD_H
#define INKLING_CTERMINALGUARD_H

/// Remembers the modes of the terminal on standard input. To be called before anything changes them.
void inkling_guard_save_modes(void);

/// Installs the handlers. SIGINT, SIGTERM, SIGHUP, SIGTSTP and SIGWINCH are written to `wake`, the writing end of a pipe,
/// as a byte that holds the signal's number; a crash (SIGSEGV, SIGTRAP, SIGABRT, …) or SIGQUIT restores the terminal and
/// says in a line what happened; where SWIFT_BACKTRACE is set, it then goes the way it would have gone. To be called
/// before curses starts, which leaves handlers that are in place alone.
void inkling_guard_handle_signals(int wake);

/// From now on a crash restores the terminal: writes `restoring` (at most 255 bytes are kept) to standard output and
/// sets the modes remembered.
void inkling_guard_arm(const char *restoring);

/// Restores the terminal now, as a crash would, for a program that is about to end.
void inkling_guard_give_back(void);

/// The terminal is as it was; a crash leaves it alone.
void inkling_guard_disarm(void);

/// The line that a crash, or SIGQUIT, is told with.
const char *inkling_guard_words(int number);

/// Stops the program as Ctrl-Z does, until it is continued.
void inkling_guard_stop_process(void);

#endif
