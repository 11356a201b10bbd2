// Pseudo-terminals and child processes for the end-to-end tests: what Swift cannot do by itself,
// because it has no fork and because these calls differ between systems.
// Every function returns 0 or an errno value.
#ifndef CPSEUDOTERMINAL_H
#define CPSEUDOTERMINAL_H

#include <sys/types.h>

#pragma clang assume_nonnull begin

/// Opens a pseudo-terminal of the given size. The caller closes both descriptors; as long as it keeps
/// `slave` open, the terminal's settings outlive the program that runs in it.
int pseudo_terminal_open(int rows, int columns, int *master, int *slave);

/// Changes the size; the kernel sends SIGWINCH to the terminal's foreground process group.
int pseudo_terminal_resize(int master, int rows, int columns);

/// Opens a pipe whose ends no other child inherits.
int pipe_open(int *read_end, int *write_end);

/// Starts a program as the leader of a new session, with default signal handling and no descriptor except
/// `streams` as its standard input, output and error. If its standard input is a terminal, that becomes its
/// controlling terminal. `arguments` and `environment` end with a null pointer. When the program cannot be
/// started, the reason is returned here and no process is left behind.
int process_start(
    const char *program, char *_Nullable const *_Nonnull arguments, char *_Nullable const *_Nonnull environment,
    const char *_Nullable directory, const int *streams, pid_t *process);

typedef enum { ProcessRunning, ProcessExited, ProcessSignalled } ProcessStateKind;

typedef struct {
    ProcessStateKind kind;
    int code;  // the exit status or the signal's number
} ProcessState;

/// Asks, without waiting, what became of a child. To be called no more once it has ended.
int process_state(pid_t process, ProcessState *state);

#pragma clang assume_nonnull end

#endif
