#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "CPseudoTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/syscall.h>
#endif

int pipe_open(int *read_end, int *write_end) {
    int ends[2];
#if defined(__linux__)
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return errno;
    }
#else
    if (pipe(ends) != 0) {
        return errno;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#endif
    *read_end = ends[0];
    *write_end = ends[1];
    return 0;
}

/// What the child needs, gathered before the fork.
typedef struct {
    const char *program;
    char *const *arguments;
    char *const *environment;
    const char *directory;
    const int *streams;
    int report;  // where to write errno if the program cannot be started
    int descriptor_limit;
} Start;

/// Marks every descriptor above the standard three to be closed by execve.
static void close_others_on_exec(int limit) {
#if defined(SYS_close_range)
    const unsigned mark_only = 1u << 2;  // CLOSE_RANGE_CLOEXEC
    if (syscall(SYS_close_range, 3u, ~0u, mark_only) == 0) {
        return;
    }
#endif
    for (int descriptor = 3; descriptor < limit; descriptor++) {
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
}

/// Ignored signals and the signal mask survive execve, so both are set back.
static void default_signals(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    for (int number = 1; number < NSIG; number++) {
        sigaction(number, &action, NULL);
    }
    sigprocmask(SIG_SETMASK, &action.sa_mask, NULL);
}

/// Puts the three streams in place. They are copied out of the way first, as one of them may be 0, 1 or 2.
static int place_streams(const int *streams) {
    int copies[3];
    for (int i = 0; i < 3; i++) {
        copies[i] = fcntl(streams[i], F_DUPFD, 3);
        if (copies[i] < 0) {
            return -1;
        }
    }
    for (int i = 0; i < 3; i++) {
        if (dup2(copies[i], i) < 0) {
            return -1;
        }
    }
    return 0;
}

/// The child's side: only async-signal-safe calls, because other threads of the parent held locks at the fork.
/// Returns only if something failed.
static void become_program(const Start *start) {
    default_signals();
    if (setsid() < 0 || place_streams(start->streams) != 0) {
        return;
    }
    if (isatty(0) && ioctl(0, TIOCSCTTY, 0) != 0) {
        return;
    }
    if (start->directory != NULL && chdir(start->directory) != 0) {
        return;
    }
    close_others_on_exec(start->descriptor_limit);
    execve(start->program, start->arguments, start->environment);
}

/// Waits until the program runs or has failed to start. Returns 0 or the child's errno.
static int wait_for_start(int report, pid_t process) {
    int error = 0;
    ssize_t count;
    do {
        count = read(report, &error, sizeof error);
    } while (count < 0 && errno == EINTR);
    if (count != (ssize_t)sizeof error) {
        return 0;  // execve closed the pipe
    }
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {
    }
    return error;
}

int process_start(
    const char *program, char *const *arguments, char *const *environment, const char *directory,
    const int *streams, pid_t *process) {
    int report_read, report_write;
    int error = pipe_open(&report_read, &report_write);
    if (error != 0) {
        return error;
    }
    // The child moves its streams to 0, 1 and 2: the report must not be there.
    int report = fcntl(report_write, F_DUPFD_CLOEXEC, 3);
    close(report_write);
    if (report < 0) {
        error = errno;
        close(report_read);
        return error;
    }
    struct rlimit limit = {.rlim_cur = RLIM_INFINITY};
    getrlimit(RLIMIT_NOFILE, &limit);
    int descriptor_limit = limit.rlim_cur < 65536 ? (int)limit.rlim_cur : 65536;
    Start start = {program, arguments, environment, directory, streams, report, descriptor_limit};

    sigset_t all, previous;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);  // no handler of ours may run in the child
    pid_t child = fork();
    if (child == 0) {
        become_program(&start);
        error = errno;
        ssize_t ignored = write(start.report, &error, sizeof error);
        (void)ignored;
        _exit(127);
    }
    error = child < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    close(report);
    if (error == 0) {
        error = wait_for_start(report_read, child);
    }
    close(report_read);
    *process = child;
    return error;
}

int process_state(pid_t process, ProcessState *state) {
    int status = 0;
    pid_t ended;
    do {
        ended = waitpid(process, &status, WNOHANG);
    } while (ended < 0 && errno == EINTR);
    if (ended < 0) {
        return errno;
    }
    if (ended == 0) {
        *state = (ProcessState){ProcessRunning, 0};
    } else if (WIFSIGNALED(status)) {
        *state = (ProcessState){ProcessSignalled, WTERMSIG(status)};
    } else {
        *state = (ProcessState){ProcessExited, WEXITSTATUS(status)};
    }
    return 0;
}
